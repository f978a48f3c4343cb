import { describe, expect, it } from 'vitest';
import { takePolled } from '../../../src/app/definitions/take-revision.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import type { Push } from '../../../src/contracts/push.ts';
import { rawConfiguration } from '../../core/clusters.ts';
import { SECOND } from '../support.ts';
import { commitOf, DefinitionBench, pushTo, replaced, takeAll } from './support.ts';

const [A, B] = [commitOf(1), commitOf(2)];
const OTHER = 'https://git.example/other';

/** `shop` and `canary` follow one repository, `other` another one. */
async function three(): Promise<DefinitionBench> {
  const bench = new DefinitionBench([{}]);
  await bench.put();
  await bench.put({ follows: { repository: 'git@git.example:Shop.git', branch: 'canary/*' } }, 'canary');
  const gitRepository = { url: OTHER, repositoryRef: { branch: 'main' } };
  const change = { configurations: [rawConfiguration({ gitRepository })] };
  const rollout = { change, strategy: { stages: [{ name: 'all' }] } };
  await bench.put({ follows: { repository: OTHER, branch: 'main' }, rollout }, 'other');
  return bench;
}

describe('pushes', () => {
  it('are told to the definitions that follow their ref, and to no other', async () => {
    const bench = await three();
    const canary = { kind: 'branch', name: 'canary/eu' } as const;
    const results = await bench.push(
      pushTo(A, { before: null }),
      pushTo(B, { before: null, ref: canary }),
      pushTo(A, { before: null, ref: { kind: 'branch', name: 'feature' } }),
      pushTo(A, { before: null, repository: 'git.example/unknown' }),
    );
    expect(results.map(({ definition, code }) => [definition, code])).toEqual([
      ['canary', 'Pending'],
      ['shop', 'Pending'],
    ]);
    expect((await bench.record('canary')).target).toMatchObject({ commit: B, ref: canary });
    expect(await bench.record('other')).not.toHaveProperty('target');
  });

  it('name the delivery that brought them, and when it came', async () => {
    const bench = await three();
    const told = { deliveryId: '01JDELIVERY', receivedAt: bench.clock.now() - 5 * SECOND };
    await takeAll(bench.deps, [pushTo(A, { before: null })], told);
    expect(await bench.decisions()).toMatchObject([{ code: 'Pending', deliveryId: '01JDELIVERY', commit: A }]);
    expect((await bench.record()).refs).toMatchObject([{ edges: [{ after: A, receivedAt: told.receivedAt }] }]);
  });

  it('by the hundred are all taken in, in the order in which they were told', async () => {
    const bench = await three();
    const many: Push[] = Array.from({ length: 100 }, (_, n) =>
      pushTo(commitOf(n + 1), { before: n === 0 ? null : commitOf(n) }),
    );
    const results = await bench.push(...many);
    expect(results.map(({ code }) => code)).toEqual(Array(100).fill('Pending'));
    expect((await bench.record()).target?.commit).toBe(commitOf(100));
    expect(await bench.decisions()).toHaveLength(199);
  });

  it('by many handlers at once are all taken in', async () => {
    const bench = await three();
    const pushes = Array.from({ length: 30 }, (_, n) => pushTo(commitOf(n + 1), { before: n ? commitOf(n) : null }));
    await Promise.all(pushes.reverse().map((push) => bench.push(push)));
    expect((await bench.record()).refs[0]?.edges).toHaveLength(30);
    expect((await bench.record()).target?.commit).toBe(commitOf(30));
  });

  it('are delivered again when a definition is changed by too many at once', async () => {
    const bench = await three();
    const definitions = replaced(bench.deps.definitions, { write: async () => undefined });
    const taken = takeAll({ ...bench.deps, definitions }, [pushTo(A)], { receivedAt: 0 });
    await expect(taken).rejects.toMatchObject({ name: 'Transient', code: 'DefinitionContended' });
  });

  it('stay taken in when the wake-up cannot be sent', async () => {
    const bench = await three();
    const bus = replaced(bench.deps.bus, { sendRevisions: () => Promise.reject(new Transient('ServerBusy', 'busy')) });
    const results = await takeAll({ ...bench.deps, bus }, [pushTo(A)], { receivedAt: 0 });
    expect(results).toMatchObject([{ definition: 'shop', code: 'Pending' }]);
    await bench.settleWithTimers();
    expect(await bench.rolledOut()).toEqual([A]);
  });
});

describe('a poll', () => {
  it('is taken into one definition, with when to poll next', async () => {
    const bench = await three();
    const now = bench.clock.now();
    const polled = { at: now, nextAt: now + 180 * SECOND, changedAt: now, failures: 0, heads: [] };
    const seen: string[] = [];
    await takePolled(bench.deps, 'shop', (record) => {
      seen.push(record.name);
      return { pushes: [pushTo(A, { before: null })], polled };
    });
    expect(seen).toEqual(['shop']);
    expect(await bench.record()).toMatchObject({
      polled,
      target: { commit: A },
      refs: [{ edges: [{ polled: true }] }],
    });
    expect(await bench.record()).not.toHaveProperty('webhookSeenAt');
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    await takePolled(bench.deps, 'gone', () => ({ pushes: [pushTo(A)], polled }));
  });

  it('of a definition that has changed meanwhile leaves it alone', async () => {
    const bench = await three();
    const before = await bench.deps.definitions.read('shop');
    await takePolled(bench.deps, 'shop', () => undefined);
    expect(await bench.deps.definitions.read('shop')).toEqual(before);
  });
});
