import { describe, expect, it } from 'vitest';
import { REF_EDGES_MAX } from '../../../src/contracts/limits.ts';
import { definition, MINUTE, push, record, SECOND, sha, T0, Told } from './support.ts';

const at = (seconds: number) => ({ at: T0 + seconds * SECOND });
const following = (follows: Record<string, unknown>) => new Told(record({ definition: definition({ follows }) }));

describe('a push to a followed branch', () => {
  it('becomes what starts next, once the branch has stood still', () => {
    const told = new Told(record({ definition: definition({ debounce: 10 }) }));
    expect(told.push(push('a', 'b', { by: 'alice' }), { deliveryId: 'd1' })).toEqual(['Pending b']);
    expect(told.record).toMatchObject({
      generation: 1,
      target: { commit: sha('b') },
      pending: { generation: 1, rolloutId: 'id-1', notBefore: told.now + 10 * SECOND, revision: { by: 'alice' } },
      webhookSeenAt: told.now,
    });
    expect(told.decisions[0]).toMatchObject({ deliveryId: 'd1', generation: 1 });
    expect(told.decisions[0]?.detail).toContain('in 10s');
  });

  it('replaces what was to start before it', () => {
    const told = new Told();
    told.push(push('a', 'b'));
    expect(told.push(push('b', 'c'))).toEqual(['Replaced b', 'Pending c']);
    expect(told.record).toMatchObject({ generation: 2, pending: { revision: { commit: sha('c') }, generation: 2 } });
  });

  it.each([
    ['another branch', { ref: { kind: 'branch', name: 'dev' } }],
    ['a tag of that name', { ref: { kind: 'tag', name: 'main' } }],
    ['a branch in another case', { ref: { kind: 'branch', name: 'Main' } }],
    ['another repository', { repository: 'git.example/other' }],
    ['a registry of that name', { source: 'oci' }],
  ] as const)('concerns it not when it is to %s', (_name, changes) => {
    const told = new Told();
    const before = told.record;
    expect(told.push(push('a', 'b', changes))).toEqual([]);
    expect(told.record).toBe(before);
  });

  it('told twice is known', () => {
    const told = new Told();
    told.push(push('a', 'b', at(0)));
    expect(told.push(push('a', 'b', at(0)))).toEqual(['AlreadyKnown b']);
    expect(told.record).toMatchObject({ generation: 1, refs: [{ edges: [{}] }] });
  });

  it('told late is older than what is known', () => {
    const told = new Told();
    told.push(push('b', 'c', at(2)));
    expect(told.push(push('a', 'b', at(1)))).toEqual(['OlderRevision b']);
    expect(told.target).toBe('c');
  });

  it('with a time that lies ahead counts from its receipt, so that it cannot stay the newest for ever', () => {
    const told = new Told();
    told.push(push('a', 'b', at(1e9)));
    expect(told.push(push('x', 'y', at(60)))).toEqual(['Replaced b', 'Pending y']);
  });

  it('that rewrites history is followed and marked', () => {
    const told = new Told();
    told.push(push('a', 'b', at(0)));
    expect(told.push(push('b', 'x', { ...at(1), forced: true }))).toEqual(['Replaced b', 'Pending x']);
    expect(told.record.target).toMatchObject({ commit: sha('x'), forced: true });
  });

  it('that goes back to an earlier commit is rolled out again', () => {
    const told = new Told();
    for (const [index, [from, to]] of (
      [
        ['a', 'b'],
        ['b', 'a'],
        ['a', 'b'],
      ] as const
    ).entries()) {
      told.push(push(from, to, at(index)));
    }
    expect(told.record).toMatchObject({ generation: 3, target: { commit: sha('b') } });
  });

  it('of a held revision becomes pending, and says that it is held', () => {
    const hold = { revision: sha('b'), reason: 'breaks the shop', by: { kind: 'key', name: 'bob' }, at: T0 } as const;
    const told = new Told(record({ holds: [hold] }));
    expect(told.push(push('a', 'b'))).toEqual(['Held b']);
    expect(told.decisions[0]?.detail).toContain('bob: breaks the shop');
    expect(told.record.pending).toMatchObject({ waiting: { code: 'OnHold' } });
  });

  it('keeps a bounded number of moves', () => {
    const told = new Told();
    for (let n = 0; n < REF_EDGES_MAX + 20; n++) told.push(push(`c${n}`, `c${n + 1}`));
    expect(told.record.refs[0]?.edges).toHaveLength(REF_EDGES_MAX);
    expect(told.target).toBe(`c${REF_EDGES_MAX + 20}`);
  });
});

describe('the id of the rollout that starts next', () => {
  const twice = (supersedes?: string) => {
    const told = new Told();
    told.push(push('a', 'b'));
    const pending = told.record.pending!;
    told.record = { ...told.record, pending: { ...pending, ...(supersedes && { supersedes }) } };
    told.push(push('b', 'c'));
    return { before: pending.rolloutId, after: told.record.pending };
  };

  it('stays when a rollout names it as what takes its place', () => {
    const { before, after } = twice('older');
    expect(after).toMatchObject({ rolloutId: before, supersedes: 'older', revision: { commit: sha('c') } });
  });

  it('is another when none does: the old one may be on its way', () => {
    const { before, after } = twice();
    expect(after?.rolloutId).not.toBe(before);
  });
});

describe('a push without a time', () => {
  it('told twice within a while is known', () => {
    const told = new Told();
    told.push(push('a', 'b'));
    told.push(push('b', 'a', { forced: true }));
    told.now += 9 * MINUTE;
    expect(told.push(push('a', 'b'))).toEqual(['AlreadyKnown b']);
  });

  it('is a new one after that when the branch stands at its beginning again', () => {
    const told = new Told();
    told.push(push('a', 'b'));
    told.push(push('b', 'a', { forced: true }));
    told.now += 11 * MINUTE;
    expect(told.push(push('a', 'b'))).toEqual(['Replaced a', 'Pending b']);
  });

  it('is known after that when it does not', () => {
    const told = new Told();
    told.push(push('a', 'b'));
    told.push(push('b', 'c'));
    told.now += 11 * MINUTE;
    expect(told.push(push('a', 'b'))).toEqual(['AlreadyKnown b']);
    expect(told.target).toBe('c');
  });
});

describe('a branch that is deleted', () => {
  it('starts nothing, and nothing that was pushed before', () => {
    const told = new Told();
    expect(told.push(push('b', null, at(2)))).toEqual(['RefDeleted -']);
    expect(told.push(push('a', 'b', at(1)))).toEqual(['RefDeleted b']);
    expect(told.record).toMatchObject({ generation: 0 });
    expect(told.record.pending).toBeUndefined();
  });

  it('before its revision has started takes that along', () => {
    const told = new Told();
    told.push(push('a', 'b', at(1)));
    expect(told.push(push('b', null, at(2)))).toEqual(['RefDeleted b', 'RefDeleted -']);
    expect([told.record.pending, told.record.target]).toEqual([undefined, undefined]);
  });

  it('takes back nothing that was rolled out, and is followed again when it comes back', () => {
    const told = new Told();
    told.push(push('a', 'b', at(1)));
    const { pending, ...rest } = told.record;
    const { revision, rolloutId } = pending!;
    told.record = { ...rest, last: { revision, rolloutId, status: 'Succeeded', endedAt: T0 } };
    expect(told.push(push('b', null, at(2)))).toEqual(['RefDeleted -']);
    expect(told.target).toBe('b');
    expect(told.push(push(null, 'b', at(3)))).toEqual(['AlreadyKnown b']);
    expect(told.push(push('b', 'c', at(4)))).toEqual(['Pending c']);
  });

  it('never known before starts nothing of what runs, whoever started it', () => {
    const told = new Told();
    told.push(push('a', 'b', at(1)));
    const { pending, target: _, ...rest } = told.record;
    const { revision, rolloutId } = pending!;
    told.record = { ...rest, refs: [], last: { revision, rolloutId, status: 'Failed', endedAt: T0 } };
    expect(told.push(push('b', null, at(2)))).toEqual(['RefDeleted -']);
    expect(told.record.pending).toBeUndefined();
  });
});

describe('path filters', () => {
  const paths = ['apps/**', 'infra/*.yaml'];
  const filtered = () => following({ branch: 'main', paths });

  it.each([
    ['one changed file of many matches', { changedPaths: ['README.md', 'apps/shop/a.yaml'] }, 'Pending b'],
    ['none matches', { changedPaths: ['README.md', 'infra/a/b.yaml'] }, 'NoPathMatch b'],
    ['nothing was changed', { changedPaths: [] }, 'NoPathMatch b'],
    ['the changes are not known', {}, 'Pending b'],
    ['history was rewritten', { changedPaths: ['README.md'], forced: true }, 'Pending b'],
    ['the branch is new', { changedPaths: ['README.md'], before: null }, 'Pending b'],
  ])('when %s', (_name, changes, decided) => {
    expect(filtered().push(push('a', 'b', changes))).toEqual([decided]);
  });

  it('leave the last push that they let through the one to roll out', () => {
    const told = filtered();
    told.push(push('a', 'b', { changedPaths: ['apps/x'] }));
    expect(told.push(push('b', 'c', { changedPaths: ['README.md'] }))).toEqual(['NoPathMatch c']);
    expect(told.target).toBe('b');
  });

  it('find it when it is told after those that they do not', () => {
    const told = filtered();
    told.push(push('c', 'd', { changedPaths: ['README.md'] }));
    told.push(push('b', 'c', { changedPaths: ['README.md'] }));
    expect(told.push(push('a', 'b', { changedPaths: ['apps/x'] }))).toEqual(['Pending b']);
  });

  it('find the latest known one when a delivery between them is missing', () => {
    const told = filtered();
    told.push(push('x', 'y', { ...at(9), changedPaths: ['README.md'] }));
    expect(told.push(push('a', 'b', { ...at(1), changedPaths: ['apps/x'] }))).toEqual(['Pending b']);
  });

  it('let nothing through of a branch that goes in a circle', () => {
    const told = filtered();
    told.push(push('a', 'b', { ...at(1), changedPaths: ['README.md'] }));
    expect(told.push(push('b', 'a', { ...at(2), changedPaths: ['README.md'] }))).toEqual(['NoPathMatch a']);
    expect(told.record.pending).toBeUndefined();
  });

  it('leave it even when so many came since that its push is forgotten', () => {
    const told = filtered();
    told.push(push('a', 'c0', { changedPaths: ['apps/x'] }));
    for (let n = 0; n < REF_EDGES_MAX + 5; n++) told.push(push(`c${n}`, `c${n + 1}`, { changedPaths: ['README.md'] }));
    expect(told.target).toBe('c0');
    expect(told.record.generation).toBe(1);
  });
});
