import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { POLLED_HEADS_MAX, POLLED_MOVES_MAX } from '../../../src/contracts/limits.ts';
import type { Ref } from '../../../src/contracts/push.ts';
import { followedRefs, takeListing } from '../../../src/core/definition/poll.ts';
import { findHead } from '../../../src/core/definition/ref-order.ts';
import { definition, MINUTE, push, record, SECOND, sha, Told } from './support.ts';

/** Names of commits by names of refs. */
type Refs = Readonly<Record<string, string>>;

/** A definition that is polled. */
class PolledDefinition extends Told {
  readonly #kind: Ref['kind'];

  constructor(follows: Record<string, unknown> = { branch: 'main' }) {
    super(record({ definition: definition({ follows }) }));
    this.#kind = 'branch' in follows ? 'branch' : 'tag';
  }

  /** @returns what was decided, as `Told.push` does. */
  poll(refs: Refs, askedAt = this.now): string[] {
    const listed = Object.entries(refs).map(([name, commit]) => ({
      ref: { kind: this.#kind, name },
      commit: sha(commit),
    }));
    const { pushes, polled } = takeListing(this.record, { refs: listed, askedAt, now: this.now });
    const codes = pushes.flatMap((one) => this.push(one, { polled: true }));
    this.record = { ...this.record, polled };
    return codes;
  }

  later(ms: number): this {
    this.now += ms;
    return this;
  }

  get note(): string | undefined {
    return this.record.polled?.note;
  }
}

describe('one branch', () => {
  it('starts where it stands when it is polled for the first time', () => {
    const shop = new PolledDefinition();
    expect(shop.poll({ main: 'one', other: 'two' })).toEqual(['Pending one']);
    expect(shop.target).toBe('one');
  });

  it('starts again when it has moved, and not before', () => {
    const shop = new PolledDefinition();
    shop.poll({ main: 'one' });
    expect(shop.later(3 * MINUTE).poll({ main: 'one' })).toEqual([]);
    expect(shop.later(3 * MINUTE).poll({ main: 'two' })).toContain('Pending two');
    expect(shop.later(3 * MINUTE).poll({ main: 'one' })).toContain('Pending one');
  });

  it('that is not there starts nothing and says so; once it is, it starts', () => {
    const shop = new PolledDefinition({ branch: 'mian' });
    expect(shop.poll({ main: 'one' })).toEqual([]);
    expect(shop.note).toBe("No branch matches 'mian'.");
    expect(shop.later(3 * MINUTE).poll({ mian: 'one' })).toEqual(['Pending one']);
    expect(shop.note).toBeUndefined();
  });

  it('that goes away takes nothing back', () => {
    const shop = new PolledDefinition();
    shop.poll({ main: 'one' });
    shop.record = { ...shop.record, last: { ...lastOf(shop), status: 'Succeeded' } };
    shop.later(3 * MINUTE).poll({});
    expect(findHead(shop.record.refs[0]!.edges)?.after).toBeNull();
    expect(shop.target).toBe('one');
    expect(shop.later(3 * MINUTE).poll({})).toEqual([]);
    expect(shop.later(3 * MINUTE).poll({ main: 'two' })).toContain('Pending two');
  });
});

function lastOf(shop: PolledDefinition) {
  return { revision: shop.record.target!, rolloutId: '01J', endedAt: shop.now };
}

describe('several refs that match', () => {
  const follows = { branch: 'release/*' };
  const refs: Refs = { 'release/1': 'one', 'release/2': 'two', main: 'three' };

  it('start nothing at first, since which moved last is not known, and say so', () => {
    const shop = new PolledDefinition(follows);
    expect(shop.poll(refs)).toEqual([]);
    expect(shop.note).toMatch(/^2 refs match/);
    expect(shop.later(3 * MINUTE).poll(refs)).toEqual([]);
    expect(shop.note).toMatch(/^2 refs match/);
  });

  it('start as soon as one of them moves, or a new one comes', () => {
    const shop = new PolledDefinition(follows);
    shop.poll(refs);
    expect(shop.later(3 * MINUTE).poll({ ...refs, 'release/1': 'four' })).toEqual(['Pending four']);
    expect(shop.note).toBeUndefined();
    expect(shop.later(3 * MINUTE).poll({ ...refs, 'release/1': 'four', 'release/3': 'five' })).toContain(
      'Pending five',
    );
  });

  it('count as one when only one is there', () => {
    expect(new PolledDefinition(follows).poll({ 'release/1': 'one', main: 'two' })).toEqual(['Pending one']);
  });

  it('beyond what a definition keeps do not count as new each time', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`release/${n}`, `c${n}`]));
    const shop = new PolledDefinition(follows);
    expect(shop.poll(many)).toEqual([]);
    const moved = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`release/${n}`, `d${n}`]));
    const after = { ...many, ...moved };
    const started = [0, 1, 2, 3].flatMap(() => shop.later(3 * MINUTE).poll(after));
    expect(started.filter((code) => code.startsWith('Pending'))).toHaveLength(120);
    expect(shop.later(3 * MINUTE).poll(after)).toEqual([]);
  });

  it('are taken in as many as one write holds; the others come with the next poll', () => {
    const many = (to: string) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`release/${n}`, `${to}${n}`]));
    const shop = new PolledDefinition(follows);
    shop.poll(many('c'));
    const pending = (codes: string[]) => codes.filter((code) => code.startsWith('Pending')).length;
    expect(pending(shop.later(3 * MINUTE).poll(many('d')))).toBe(POLLED_MOVES_MAX);
    expect(pending(shop.later(3 * MINUTE).poll(many('d')))).toBe(20);
    expect(shop.later(3 * MINUTE).poll(many('d'))).toEqual([]);
  });

  it('are not polled when there are too many', () => {
    const many = Object.fromEntries(Array.from({ length: POLLED_HEADS_MAX + 1 }, (_, n) => [`release/${n}`, 'one']));
    const shop = new PolledDefinition(follows);
    expect(shop.poll(many)).toEqual([]);
    expect(shop.record.polled).toMatchObject({
      failures: 1,
      failure: expect.stringContaining('Narrow the glob') as string,
    });
  });
});

describe('versions', () => {
  const follows = { semver: '1.x' };

  it('start with the highest, and others are recorded as lower', () => {
    const shop = new PolledDefinition(follows);
    expect(shop.poll({ 'v1.9.0': 'nine', 'v1.10.0': 'ten', 'v2.0.0': 'two', latest: 'x' })).toEqual(['Pending ten']);
    const more = { 'v1.9.0': 'nine', 'v1.10.0': 'ten', 'v1.9.1': 'fix', 'v1.12.0': 'twelve', 'v1.11.0': 'eleven' };
    const codes = shop.later(3 * MINUTE).poll(more);
    expect(codes.filter((code) => code.startsWith('Pending'))).toEqual(['Pending twelve']);
    expect(codes.filter((code) => code.startsWith('LowerVersion'))).toHaveLength(2);
    expect(shop.target).toBe('twelve');
  });

  it('that are none say so', () => {
    const shop = new PolledDefinition(follows);
    shop.poll({ 'v2.0.0': 'two' });
    expect(shop.note).toBe("No tag has a version in '1.x'.");
  });
});

describe('beside webhooks', () => {
  it('what a webhook has told is known', () => {
    const shop = new PolledDefinition();
    shop.poll({ main: 'one' });
    shop.push(push('one', 'two'));
    expect(shop.later(3 * MINUTE).poll({ main: 'two' })).toEqual([]);
  });

  it('what a webhook told while the repository was asked is not taken back by the older answer', () => {
    const shop = new PolledDefinition();
    shop.poll({ main: 'one' });
    const askedAt = shop.later(3 * MINUTE).now;
    shop.push(push('one', 'two'));
    expect(shop.poll({ main: 'one' }, askedAt)).toEqual([]);
    expect(shop.target).toBe('two');
  });

  it('nor by an answer from a copy that lags', () => {
    const shop = new PolledDefinition();
    shop.poll({ main: 'one' });
    shop.later(3 * MINUTE).push(push('one', 'two'));
    expect(shop.later(20 * SECOND).poll({ main: 'one' })).toEqual([]);
    expect(shop.target).toBe('two');
    expect(shop.later(3 * MINUTE).poll({ main: 'two' })).toEqual([]);
  });

  it('what no webhook has told is found', () => {
    const shop = new PolledDefinition();
    shop.push(push(null, 'one'));
    shop.later(3 * MINUTE).poll({ main: 'three' });
    expect(shop.target).toBe('three');
  });

  it('the webhook of what a poll has found changes nothing', () => {
    const shop = new PolledDefinition();
    shop.poll({ main: 'one' });
    shop.later(3 * MINUTE).poll({ main: 'two' });
    const { generation } = shop.record;
    shop.push(push('one', 'two'));
    expect([shop.target, shop.record.generation]).toEqual(['two', generation]);
  });
});

test('a definition that follows something else now begins anew', () => {
  const shop = new PolledDefinition({ branch: 'release/*' });
  shop.poll({ 'release/1': 'one', 'release/2': 'two' });
  shop.record = { ...shop.record, definition: definition({ follows: { branch: '*/*' } }) };
  expect(shop.later(3 * MINUTE).poll({ 'release/1': 'one', 'fix/1': 'three', 'fix/2': 'four' })).toEqual([]);
  expect(shop.note).toMatch(/^3 refs match/);
});

test.each([
  [{ branch: 'main' }, { kind: 'branch', prefix: 'main' }],
  [{ branch: 'release/*' }, { kind: 'branch', prefix: 'release/' }],
  [{ branch: '{main,next}' }, { kind: 'branch', prefix: '' }],
  [{ tag: 'v1.?' }, { kind: 'tag', prefix: 'v1.' }],
  [{ tag: 'r[0-9]' }, { kind: 'tag', prefix: 'r' }],
  [{ semver: '1.x' }, { kind: 'tag', prefix: '' }],
])('of %j, refs are asked for by %j', (follows, expected) => {
  expect(followedRefs(definition({ follows }).follows)).toEqual(expected);
});

type Step = { readonly kind: 'move'; readonly told: boolean } | { readonly kind: 'poll'; readonly lagging: boolean };

test('whatever is lost, polls find where a branch stands', () => {
  const move = fc.record({ kind: fc.constant('move' as const), told: fc.boolean() });
  const poll = fc.record({ kind: fc.constant('poll' as const), lagging: fc.boolean() });
  const waits = fc.nat(5 * 60).map((seconds) => seconds * SECOND);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof<fc.Arbitrary<Step>[]>(move, poll), waits), { maxLength: 30 }), (steps) => {
      const shop = new PolledDefinition();
      const history: { readonly at: number; readonly commit: string }[] = [{ at: shop.now, commit: 'c0' }];
      const standing = (at: number) => history.filter((one) => one.at <= at).at(-1)?.commit ?? 'c0';
      for (const [step, wait] of steps) {
        shop.later(wait);
        // A copy lags less than it takes a ref to count as settled.
        if (step.kind === 'poll') shop.poll({ main: standing(step.lagging ? shop.now - 30 * SECOND : shop.now) });
        else {
          const before = standing(shop.now);
          const commit = `c${history.length}`;
          history.push({ at: shop.now, commit });
          if (step.told) shop.push(push(before, commit, { at: shop.now }));
        }
        const last = step.kind === 'move' && step.told ? history.at(-1) : undefined;
        if (last !== undefined) expect(shop.target).toBe(last.commit);
      }
      shop.later(5 * MINUTE).poll({ main: standing(shop.now) });
      expect(shop.target).toBe(standing(shop.now));
    }),
    { numRuns: 500 },
  );
});
