import { describe, expect, it } from 'vitest';
import { putBinding } from '../../../src/app/bindings/put-binding.ts';
import { readsOfSubscription, reserve } from '../../../src/app/budgets.ts';
import { readPolicyBook } from '../../../src/app/policy/read-policy-book.ts';
import { nextSlotAt, ARM_READS } from '../../../src/core/throttle/budget.ts';
import { binding } from '../../core/bindings/records.ts';
import { SUBSCRIPTION_A } from '../../core/clusters.ts';
import { assignment, PUBLIC_GIT } from '../../core/policy/support/records.ts';
import { ASSIGNMENT, assignShop } from '../assign.ts';
import { alice, Bench } from '../support.ts';

const POOL = readsOfSubscription(SUBSCRIPTION_A);

/** An assignment of the public Git definition, and one of an initiative with the same member. */
function assigned(): Bench {
  const bench = new Bench([{}]);
  assignShop(bench.policy);
  const set = '/providers/Microsoft.Authorization/policySetDefinitions/flux';
  bench.policy.assigned.push(assignment({ scope: `/subscriptions/${SUBSCRIPTION_A}`, definitionId: set }));
  const members = [{ referenceId: 'git', definitionId: PUBLIC_GIT.toUpperCase(), parameters: {} }];
  bench.policy.sets.push({ id: set, parameterDefaults: {}, members });
  return bench;
}

/** Reads that were drawn from the quota of the subscription. */
async function drawn({ deps }: Bench): Promise<number> {
  const now = deps.clock.now();
  const stored = (await deps.budgets.read(POOL.name))?.value;
  return ((stored?.fullAt ?? now) - now) / (1000 / ARM_READS.refillPerSecond);
}

/** Nothing is left of the quota. */
async function useUp({ deps }: Bench): Promise<void> {
  await reserve(deps, POOL, ARM_READS.capacity, 0);
}

describe('what Policy wants', () => {
  it('is read on account of the quota of its subscription: assignments, exemptions, each initiative and definition once', async () => {
    const bench = assigned();
    const book = await readPolicyBook(bench.deps, SUBSCRIPTION_A);
    expect(book).toMatchObject({ assignments: [{}, {}], exemptions: [] });
    expect([...book!.definitions.keys()]).toEqual([PUBLIC_GIT.toLowerCase()]);
    expect(await drawn(bench)).toBe(4);
  });

  it('costs one read where nothing is assigned', async () => {
    const bench = new Bench([{}]);
    expect(await readPolicyBook(bench.deps, SUBSCRIPTION_A)).toMatchObject({ assignments: [] });
    expect(await drawn(bench)).toBe(1);
  });

  it('is not asked for when the quota is used up: a binding is put later', async () => {
    const bench = assigned();
    await useUp(bench);
    const asked: string[] = [];
    const assignments = bench.policy.assignments.bind(bench.policy);
    bench.policy.assignments = (subscription) => {
      asked.push(subscription);
      return assignments(subscription);
    };
    const wanted = binding({ source: { assignment: ASSIGNMENT }, mode: 'remediate' });
    const put = () => putBinding(bench.deps, { name: 'keep', binding: wanted, actor: alice });
    await expect(put()).rejects.toMatchObject({ name: 'Transient', code: 'PolicyUnreadable' });
    expect(asked).toEqual([]);
    bench.clock.advance(1000);
    expect((await put()).record.subjects).toEqual(['shop']);
  });

  it('leaves the subscription alone for as long as a 429 says', async () => {
    const bench = assigned();
    bench.policy.fault = { kind: 'throttled', retryAfterMs: 60_000 };
    expect(await readPolicyBook(bench.deps, SUBSCRIPTION_A)).toBeUndefined();
    const stored = (await bench.deps.budgets.read(POOL.name))?.value;
    expect(nextSlotAt(stored, ARM_READS, bench.clock.now())).toBeGreaterThanOrEqual(bench.clock.now() + 60_000);
  });
});
