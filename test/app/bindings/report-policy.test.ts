import { describe, expect, it } from 'vitest';
import { getBinding, listBindings } from '../../../src/app/bindings/read-bindings.ts';
import { readsOfSubscription, reserve } from '../../../src/app/budgets.ts';
import { NON_COMPLIANT_MEMBERS_SHOWN_MAX, NON_COMPLIANT_SHOWN_MAX } from '../../../src/contracts/limits.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { ARM_READS, nextSlotAt } from '../../../src/core/throttle/budget.ts';
import { cluster, SUBSCRIPTION_A, SUBSCRIPTION_B } from '../../core/clusters.ts';
import { ASSIGNMENT, stateOf } from '../assign.ts';
import { idOf, MINUTE } from '../support.ts';
import { bench, type BindingBench } from './support.ts';

const assigned = { source: { assignment: ASSIGNMENT }, mode: 'report' };
const POOL = readsOfSubscription(SUBSCRIPTION_A);
const statesOf = async (world: BindingBench) => (await getBinding(world.deps, 'keep')).policyStates;

/** Clusters under an assignment, and a binding that goes by it. */
async function watched(clusters: number, changes: Record<string, unknown> = {}): Promise<BindingBench> {
  const world = bench(clusters);
  world.assign();
  await world.put({ ...assigned, ...changes });
  return world;
}

/** How often Policy was asked for counts and for states. */
function counting({ policy }: BindingBench): { summaries: number; states: number } {
  const asked = { summaries: 0, states: 0 };
  const [summary, nonCompliant] = [policy.summary.bind(policy), policy.nonCompliant.bind(policy)];
  policy.summary = (...call) => {
    asked.summaries++;
    return summary(...call);
  };
  policy.nonCompliant = (...call) => {
    asked.states++;
    return nonCompliant(...call);
  };
  return asked;
}

describe('what Policy says of an assignment', () => {
  it('is shown beside our own comparison: its counts, and the selected clusters that do not comply, for longest first', async () => {
    const world = await watched(5, { selector: { names: ['c0', 'c1', 'c2', 'c3'] } });
    world.policy.found.push(
      stateOf('c0', { at: 2000 }),
      stateOf('c1', { complianceState: 'Compliant' }),
      stateOf('c2', { at: 1000 }),
      stateOf('c3', { complianceState: 'Exempt' }),
      stateOf('c4'),
    );
    await world.tick();
    expect(await statesOf(world)).toEqual({
      at: expect.any(String) as string,
      clusters: { compliant: 1, nonCompliant: 3, exempt: 1, other: 0 },
      selectedNonCompliant: 2,
      nonCompliant: [
        { clusterId: idOf('c2'), since: '1970-01-01T00:00:01.000Z' },
        { clusterId: idOf('c0'), since: '1970-01-01T00:00:02.000Z' },
      ],
    });
    const { items } = await listBindings(world.deps);
    expect(items).toMatchObject([{ policyStates: { selectedNonCompliant: 2 } }]);
    expect(JSON.stringify(items)).not.toContain(idOf('c0'));
  });

  it('is not there before Policy was asked, nor for what was rolled out', async () => {
    const world = await watched(1);
    expect(await statesOf(world)).toBeUndefined();
    await world.put();
    await world.tick();
    expect(await statesOf(world)).toBeUndefined();
  });

  it('names the members of an initiative that say so, and bounds what it keeps', async () => {
    const clusters = NON_COMPLIANT_SHOWN_MAX + 5;
    const world = await watched(clusters);
    for (let member = 0; member < 12; member++) {
      const referenceId = `m${String(member).padStart(2, '0')}`;
      for (let n = 0; n < clusters; n++) world.policy.found.push(stateOf(`c${n}`, { referenceId, at: 1000 - n }));
    }
    await world.tick();
    const states = (await statesOf(world))!;
    expect(states).toMatchObject({ clusters: { nonCompliant: clusters }, selectedNonCompliant: clusters });
    expect(states.nonCompliant).toHaveLength(NON_COMPLIANT_SHOWN_MAX);
    expect(states.nonCompliant[0]).toMatchObject({ clusterId: idOf(`c${clusters - 1}`) });
    expect(states.nonCompliant[0]!.members).toHaveLength(NON_COMPLIANT_MEMBERS_SHOWN_MAX);
    expect(states.nonCompliant[0]!.members!.slice(0, 2)).toEqual(['m00', 'm01']);
  });

  it('is asked for as often as the binding acts, and never by who looks at it', async () => {
    const world = await watched(1, { every: '1h' });
    const asked = counting(world);
    await world.tick();
    await statesOf(world);
    // Nothing is non-compliant, so that there are no states to read.
    expect(asked).toEqual({ summaries: 1, states: 0 });
    world.policy.found.push(stateOf('c0'));
    world.clock.advance(50 * MINUTE);
    await world.tick();
    expect(asked).toEqual({ summaries: 1, states: 0 });
    world.clock.advance(10 * MINUTE);
    await world.tick();
    expect(asked).toEqual({ summaries: 2, states: 1 });
  });

  it('since when is as far back as it was seen without a break: Policy dates a state anew whenever it looks', async () => {
    const world = await watched(1);
    const look = async (state: Partial<Parameters<typeof stateOf>[1]> | undefined) => {
      world.policy.found.splice(0, 1, ...(state === undefined ? [] : [stateOf('c0', state)]));
      world.clock.advance(15 * MINUTE);
      await world.tick();
      return (await statesOf(world))!.nonCompliant.map(({ since }) => Date.parse(since));
    };
    expect(await look({ at: 1000 })).toEqual([1000]);
    expect(await look({ at: 5000 })).toEqual([1000]);
    expect(await look({ complianceState: 'Compliant', at: 6000 })).toEqual([]);
    expect(await look({ at: 7000 })).toEqual([7000]);
  });

  it('is drawn from the quota of the subscription, and waits for it', async () => {
    const world = await watched(1);
    world.policy.found.push(stateOf('c0'));
    const asked = counting(world);
    await reserve(world.deps, POOL, ARM_READS.capacity, 0);
    await world.tick();
    expect(asked).toEqual({ summaries: 0, states: 0 });
    expect(await statesOf(world)).toBeUndefined();
    world.clock.advance(5 * MINUTE);
    await world.tick();
    expect(asked).toEqual({ summaries: 1, states: 1 });
    const stored = (await world.deps.budgets.read(POOL.name))!.value;
    const drawn = (stored.fullAt - world.clock.now()) / (1000 / ARM_READS.refillPerSecond);
    expect(drawn).toBe(3);
  });

  it('leaves a subscription alone for as long as a 429 says, and stays as it was', async () => {
    const world = await watched(1);
    world.policy.found.push(stateOf('c0'));
    await world.tick();
    const before = await statesOf(world);
    world.policy.nonCompliant = async function* () {
      yield [];
      throw new Transient('PolicyThrottled', 'slow down', 60_000);
    };
    world.clock.advance(15 * MINUTE);
    await world.tick();
    expect(await statesOf(world)).toEqual(before);
    const stored = (await world.deps.budgets.read(POOL.name))!.value;
    expect(nextSlotAt(stored, ARM_READS, world.clock.now())).toBeGreaterThanOrEqual(world.clock.now() + 60_000);
  });

  it('names the subscriptions that do not answer, and keeps what was known of their clusters', async () => {
    const world = bench(1);
    const root = '/providers/Microsoft.Management/managementGroups/root';
    const id = `${root}/providers/Microsoft.Authorization/policyAssignments/shop`;
    world.azure.add({ id: cluster('b0', { subscriptionId: SUBSCRIPTION_B }).id });
    world.assign({ id, scope: root });
    const there = { assignmentId: id.toLowerCase(), at: 1000 };
    const elsewhere = cluster('b0', { subscriptionId: SUBSCRIPTION_B }).id;
    world.policy.found.push(
      stateOf('c0', there),
      stateOf('b0', { ...there, resourceId: elsewhere.toLowerCase(), at: 500 }),
    );
    Object.assign(world.deps, { subscriptions: [SUBSCRIPTION_A, SUBSCRIPTION_B] });
    await world.put({ source: { assignment: id }, mode: 'report' });
    await world.tick();
    expect(await statesOf(world)).toMatchObject({ clusters: { nonCompliant: 2 }, selectedNonCompliant: 2 });
    const summary = world.policy.summary.bind(world.policy);
    world.policy.summary = (subscription, assignment) =>
      subscription === SUBSCRIPTION_B
        ? Promise.resolve({ ok: false, fault: { kind: 'refused', code: 'AuthorizationFailed', detail: 'no' } })
        : summary(subscription, assignment);
    world.clock.advance(15 * MINUTE);
    await world.tick();
    expect(await statesOf(world)).toMatchObject({
      clusters: { nonCompliant: 1 },
      selectedNonCompliant: 1,
      nonCompliant: [{ clusterId: elsewhere }, { clusterId: idOf('c0') }],
      unread: [SUBSCRIPTION_B],
    });
  });

  it('is forgotten when the binding comes to go by another assignment', async () => {
    const world = await watched(1);
    world.policy.found.push(stateOf('c0'));
    await world.tick();
    await world.put({ ...assigned, every: '1h' });
    expect(await statesOf(world)).toBeDefined();
    const other = ASSIGNMENT.replace('/shop', '/other');
    world.policy.assigned.push({ ...world.policy.assigned[0]!, id: other });
    await world.put({ source: { assignment: other }, mode: 'report' });
    expect(await statesOf(world)).toBeUndefined();
  });
});
