import { describe, expect, it } from 'vitest';
import { REF_EDGES_MAX, REFS_PER_DEFINITION_MAX } from '../../../src/contracts/limits.ts';
import { definition, push, record, SECOND, sha, T0, tag, Told } from './support.ts';

const at = (seconds: number) => ({ at: T0 + seconds * SECOND });
const following = (follows: Record<string, unknown>) => new Told(record({ definition: definition({ follows }) }));

describe('several branches', () => {
  const releases = () => following({ branch: 'release/*' });
  const release = (name: string) => ({ ref: { kind: 'branch', name: `release/${name}` } as const });

  it('are followed where one moved last, by the time of the push', () => {
    const told = releases();
    told.push(push('a', 'b', { ...release('2'), ...at(2) }));
    expect(told.push(push('c', 'd', { ...release('1'), ...at(1) }))).toEqual(['OlderRevision d']);
    expect(told.push(push('d', 'e', { ...release('1'), ...at(3) }))).toEqual(['Replaced b', 'Pending e']);
    expect(told.push(push('d', 'e', release('1/hotfix')))).toEqual([]);
  });

  it('of which one is deleted after it was rolled out do not take the fleet back to another', () => {
    const told = releases();
    told.push(push('a', 'b', { ...release('1'), ...at(1) }));
    told.push(push('c', 'd', { ...release('2'), ...at(2) }));
    const { pending, ...rest } = told.record;
    const { revision, rolloutId } = pending!;
    told.record = { ...rest, last: { revision, rolloutId, status: 'Succeeded', endedAt: T0 } };
    expect(told.push(push('d', null, { ...release('2'), ...at(3) }))).toEqual(['RefDeleted -']);
    expect(told.target).toBe('d');
    expect(told.push(push('b', 'e', { ...release('1'), ...at(4) }))).toEqual(['Pending e']);
  });

  it('stay where they are when the push that they were chosen for is forgotten', () => {
    const told = following({ branch: 'release/*', paths: ['apps/**'] });
    const changedPaths = ['README.md'];
    told.push(push('a', 'b', { ...release('1'), ...at(1) }));
    told.push(push('c', 'c0', { ...release('2'), ...at(2) }));
    for (let n = 0; n < REF_EDGES_MAX + 5; n++) {
      told.push(push(`c${n}`, `c${n + 1}`, { ...release('2'), ...at(3 + n), changedPaths }));
    }
    expect([told.target, told.record.generation]).toEqual(['c0', 2]);
  });

  it('of which one is deleted before it has started start nothing when the fleet has the one before', () => {
    const told = releases();
    told.push(push('a', 'b', { ...release('1'), ...at(1) }));
    const { pending, ...rest } = told.record;
    const { revision, rolloutId } = pending!;
    told.record = { ...rest, last: { revision, rolloutId, status: 'Succeeded', endedAt: T0 } };
    told.push(push('c', 'd', { ...release('2'), ...at(2) }));
    expect(told.push(push('d', null, { ...release('2'), ...at(3) }))).toEqual(['RefDeleted d', 'RefDeleted -']);
    expect([told.record.pending, told.target]).toEqual([undefined, 'b']);
  });

  it('of which the last one is deleted before it has started fall back to the one before', () => {
    const told = releases();
    told.push(push('a', 'b', { ...release('1'), ...at(1) }));
    told.push(push('c', 'd', { ...release('2'), ...at(2) }));
    expect(told.push(push('d', null, { ...release('2'), ...at(3) }))).toEqual([
      'Replaced d',
      'Pending b',
      'RefDeleted -',
    ]);
  });

  it('are kept up to a number: those that moved last', () => {
    const told = releases();
    for (let n = 0; n < REFS_PER_DEFINITION_MAX + 10; n++) told.push(push(null, `c${n}`, release(`${n}`)));
    expect(told.record.refs).toHaveLength(REFS_PER_DEFINITION_MAX);
    expect(told.target).toBe(`c${REFS_PER_DEFINITION_MAX + 9}`);
  });
});

describe('a range of versions', () => {
  const versions = (semver = '>=1.0.0 <3.0.0') => following({ semver });

  it('picks the highest, whatever order tags are pushed in, with a leading v or without', () => {
    const told = versions();
    expect(told.push(tag('v1.2.0', 'a', at(1)))).toEqual(['Pending a']);
    expect(told.push(tag('1.10.0', 'b', at(2)))).toEqual(['Replaced a', 'Pending b']);
    expect(told.push(tag('v1.9.0', 'c', at(3)))).toEqual(['LowerVersion c']);
    expect(told.push(tag('v3.0.0', 'd', at(4)))).toEqual([]);
    expect(told.push(tag('nightly', 'd', at(4)))).toEqual([]);
  });

  it.each([
    ['>=1.0.0', '1.1.0-rc.1', false],
    ['>=1.1.0-0', '1.1.0-rc.1', true],
    ['1.x', 'v1.4.2', true],
    ['1.x', 'v1.4', false],
    ['~1.4', 'v1.5.0', false],
    ['*', 'v2.0.0+build.7', true],
  ])('%s has %s: %s', (semver, name, isIn) => {
    expect(versions(semver).push(tag(name, 'a'))).toEqual(isIn ? ['Pending a'] : []);
  });

  it('follows a tag that is moved, and marks it', () => {
    const told = versions();
    told.push(tag('v1.0.0', 'a', at(1)));
    told.push(push('a', 'b', { ref: { kind: 'tag', name: 'v1.0.0' }, ...at(2) }));
    expect(told.record.target).toMatchObject({ commit: sha('b'), forced: true });
  });

  it('does not go down when the highest is deleted after it was rolled out, until a later push says so', () => {
    const told = versions();
    told.push(tag('v1.1.0', 'a', at(1)));
    told.push(tag('v1.2.0', 'b', at(2)));
    const { pending, ...rest } = told.record;
    const { revision, rolloutId } = pending!;
    told.record = { ...rest, last: { revision, rolloutId, status: 'Failed', endedAt: T0 } };
    expect(told.push(tag('v1.2.0', null, { ...at(3), before: sha('b') }))).toEqual(['RefDeleted -']);
    expect(told.push(tag('v1.0.9', 'c', at(4)))).toEqual(['LowerVersion c']);
    expect(told.target).toBe('b');
    expect(told.push(tag('v1.1.1', 'd', at(5)))).toEqual(['Pending d']);
  });

  it('keeps the highest of many', () => {
    const told = versions();
    for (let n = REFS_PER_DEFINITION_MAX + 20; n >= 0; n--) told.push(tag(`v1.${n}.0`, `c${n}`));
    expect(told.record.refs).toHaveLength(REFS_PER_DEFINITION_MAX);
    expect(told.record).toMatchObject({
      generation: 1,
      target: { ref: { name: `v1.${REFS_PER_DEFINITION_MAX + 20}.0` } },
    });
  });
});

describe('artifacts of a registry', () => {
  const digest = (name: string) => `sha256:${sha(name).padEnd(64, '0')}`;
  const artifact = (name: string, changes = {}) => ({
    ...push(undefined, null, {
      source: 'oci',
      repository: 'acr.example/fleet/config',
      ref: { kind: 'tag', name: 'latest' },
    }),
    after: digest(name),
    ...changes,
  });
  const followed = () => {
    const follows = { repository: 'oci://acr.example/fleet/config', tag: 'latest' };
    return new Told(record({ definition: definition({ follows }), repository: 'acr.example/fleet/config' }));
  };

  it('are ordered by time, since a registry does not say where a tag stood before', () => {
    const told = followed();
    told.push(artifact('b', at(2)));
    told.push(artifact('a', at(1)));
    expect(told.record).toMatchObject({ generation: 1, target: { commit: digest('b'), source: 'oci' } });
    told.push(artifact('a', at(3)));
    expect(told.record).toMatchObject({ generation: 2, target: { commit: digest('a') } });
    expect(told.record.target?.forced).toBeUndefined();
  });
});

describe('a poll', () => {
  const polled = { polled: true };

  it('finds what no webhook told, which then tells nothing new', () => {
    const told = new Told();
    told.push(push('a', 'b', at(0)));
    expect(told.push(push('b', 'd'), polled)).toEqual(['Replaced b', 'Pending d']);
    expect(told.push(push('c', 'd', at(1)))).toEqual(['AlreadyKnown d']);
    expect(told.push(push('b', 'c', at(0.5)))).toEqual(['OlderRevision c']);
    expect(told.record).toMatchObject({
      generation: 2,
      target: { commit: sha('d') },
      refs: [{ edges: { length: 3 } }],
    });
  });

  it('that sees what is known says so', () => {
    const told = new Told();
    told.push(push('a', 'b', at(0)));
    expect(told.push(push('a', 'b'), polled)).toEqual(['AlreadyKnown b']);
    expect(told.record.webhookSeenAt).toBeDefined();
  });

  it('lets everything through, and a webhook that comes after it does not undo that', () => {
    const told = following({ branch: 'main', paths: ['apps/**'] });
    told.push(push('a', 'b', { ...at(0), changedPaths: ['apps/x'] }));
    expect(told.push(push('b', 'c'), polled)).toEqual(['Replaced b', 'Pending c']);
    expect(told.push(push('b', 'c', { ...at(1), changedPaths: ['README.md'] }))).toEqual(['AlreadyKnown c']);
    expect(told.target).toBe('c');
  });

  it('sees a branch go and come back', () => {
    const told = new Told();
    told.push(push('a', 'b'), polled);
    expect(told.push(push('b', null), polled)).toEqual(['RefDeleted b', 'RefDeleted -']);
    expect(told.push(push(null, 'b'), polled)).toEqual(['Pending b']);
    expect(told.record.webhookSeenAt).toBeUndefined();
  });
});
