import { describe, expect, it } from 'vitest';
import { deleteBinding } from '../../../src/app/bindings/delete-binding.ts';
import { evaluateBinding } from '../../../src/app/bindings/evaluate-binding.ts';
import { getBinding } from '../../../src/app/bindings/read-bindings.ts';
import { reserve, writesOfSubscription } from '../../../src/app/budgets.ts';
import { EVALUATION_SECONDS_MAX } from '../../../src/contracts/timing.ts';
import { ARM_WRITES } from '../../../src/core/throttle/budget.ts';
import { SUBSCRIPTION_A } from '../../core/clusters.ts';
import { ASSIGNMENT, stateOf } from '../assign.ts';
import { alice, bob, MINUTE } from '../support.ts';
import { bench, HOUR, refusalOf, type BindingBench } from './support.ts';

const assigned = { source: { assignment: ASSIGNMENT }, mode: 'report', every: '24h' };
const UNAVAILABLE = { kind: 'unavailable', code: 'ServiceUnavailable', detail: 'away' } as const;
const DENIED = { kind: 'refused', code: 'AuthorizationFailed', detail: 'no right to evaluate.' } as const;
const evaluate = (world: BindingBench, actor = alice) => evaluateBinding(world.deps, 'keep', actor);
const evaluationsOf = async (world: BindingBench) => (await getBinding(world.deps, 'keep')).evaluations;

/** A binding that goes by an assignment. */
async function watched(changes: Record<string, unknown> = {}): Promise<BindingBench> {
  const world = bench(2);
  world.assign();
  await world.put({ ...assigned, ...changes });
  return world;
}

describe('an evaluation that somebody asks for', () => {
  it('is begun in the subscriptions of the selected clusters, and followed to its end', async () => {
    const world = await watched();
    expect(await evaluate(world)).toMatchObject({ started: [SUBSCRIPTION_A] });
    expect(world.policy.evaluated).toEqual([SUBSCRIPTION_A]);
    const running = { subscriptionId: SUBSCRIPTION_A, by: 'alice', state: 'Running' };
    expect(await evaluationsOf(world)).toMatchObject([running]);
    expect((await world.binding()).changes.at(-1)).toMatchObject({ what: 'Evaluated', actor: alice });
    await world.tick();
    expect(await evaluationsOf(world)).toMatchObject([running]);
    world.policy.finishEvaluation(SUBSCRIPTION_A);
    world.clock.advance(5 * MINUTE);
    await world.tick();
    expect(await evaluationsOf(world)).toMatchObject([
      { ...running, state: 'Ended', detail: 'Succeeded', endedAt: expect.any(String) as string },
    ]);
  });

  it('is not begun again while it runs', async () => {
    const world = await watched();
    await evaluate(world);
    const { changes } = await world.binding();
    expect(await evaluate(world, bob)).toMatchObject({ started: [], record: { evaluations: [{ actor: alice }] } });
    expect(world.policy.evaluated).toHaveLength(1);
    expect((await world.binding()).changes).toEqual(changes);
    world.policy.finishEvaluation(SUBSCRIPTION_A);
    world.clock.advance(5 * MINUTE);
    await world.tick();
    expect(await evaluate(world, bob)).toMatchObject({ started: [SUBSCRIPTION_A] });
    expect(await evaluationsOf(world)).toMatchObject([{ by: 'bob', state: 'Running' }]);
  });

  it('makes Policy be asked for its states once it has ended, whatever the schedule says', async () => {
    const world = await watched();
    await world.tick();
    await evaluate(world);
    world.policy.found.push(stateOf('c0'));
    world.policy.finishEvaluation(SUBSCRIPTION_A);
    world.clock.advance(5 * MINUTE);
    await world.tick();
    expect((await getBinding(world.deps, 'keep')).policyStates).toMatchObject({ selectedNonCompliant: 1 });
    const { policyReport } = await world.binding();
    world.clock.advance(5 * MINUTE);
    await world.tick();
    expect((await world.binding()).policyReport).toEqual(policyReport);
  });

  it('is begun by the timer when Azure does not answer just now', async () => {
    const world = await watched();
    world.policy.fault = UNAVAILABLE;
    await evaluate(world);
    expect(await evaluationsOf(world)).toMatchObject([{ state: 'Planned' }]);
    world.policy.fault = { kind: 'throttled', retryAfterMs: 4 * MINUTE };
    await world.tick();
    world.policy.fault = undefined;
    await world.tick();
    // The 429 is heeded.
    expect(world.policy.evaluated).toEqual([]);
    world.clock.advance(5 * MINUTE);
    await world.tick();
    expect(world.policy.evaluated).toEqual([SUBSCRIPTION_A]);
    expect(await evaluationsOf(world)).toMatchObject([{ state: 'Running', by: 'alice' }]);
  });

  it('is drawn from the quota of writes', async () => {
    const world = await watched();
    await reserve(world.deps, writesOfSubscription(SUBSCRIPTION_A), ARM_WRITES.capacity, 0);
    await evaluate(world);
    expect(world.policy.evaluated).toEqual([]);
    expect(await evaluationsOf(world)).toMatchObject([{ state: 'Planned' }]);
  });

  it('that Azure loses sight of, or that never ends, is not waited for', async () => {
    const world = await watched();
    await evaluate(world);
    world.policy.evaluations.clear();
    await world.tick();
    expect(await evaluationsOf(world)).toMatchObject([{ state: 'Ended', detail: 'Gone: Azure knows it no more.' }]);
    await evaluate(world);
    world.clock.advance(EVALUATION_SECONDS_MAX * 1000 + HOUR);
    await world.tick();
    expect(await evaluationsOf(world)).toMatchObject([
      { state: 'Ended', detail: expect.stringContaining('24 h') as string },
    ]);
  });

  it('is still asked about when Azure does not answer how it stands', async () => {
    const world = await watched();
    await evaluate(world);
    world.policy.fault = UNAVAILABLE;
    await world.tick();
    expect(await evaluationsOf(world)).toMatchObject([{ state: 'Running' }]);
  });

  it('that Azure refuses is refused, and shown', async () => {
    const world = await watched();
    world.policy.fault = DENIED;
    const refusal = await refusalOf(evaluate(world));
    expect(refusal).toMatchObject({ status: 409, code: 'EvaluationRefused' });
    expect(refusal.message).toContain('no right to evaluate');
    expect(await evaluationsOf(world)).toMatchObject([{ state: 'Refused' }]);
    world.policy.fault = undefined;
    expect(await evaluate(world)).toMatchObject({ started: [SUBSCRIPTION_A] });
  });

  it('that is over at once, or cannot be followed, says so', async () => {
    const world = await watched();
    world.policy.evaluate = () => Promise.resolve({ ok: true, value: { state: 'Succeeded' } });
    await evaluate(world);
    expect(await evaluationsOf(world)).toMatchObject([{ state: 'Ended', detail: 'Succeeded' }]);
    world.policy.evaluate = () => Promise.resolve({ ok: true, value: { state: 'Running' } });
    await evaluate(world);
    expect(await evaluationsOf(world)).toMatchObject([
      { state: 'Ended', detail: expect.stringContaining('no place') as string },
    ]);
  });
});

describe('there is nothing to evaluate', () => {
  it('without a binding', async () => {
    expect(await refusalOf(evaluate(bench(1)))).toMatchObject({ status: 404, code: 'BindingNotFound' });
  });

  it('for what was last rolled out', async () => {
    const world = bench(1);
    await world.put();
    expect(await refusalOf(evaluate(world))).toMatchObject({ status: 409, code: 'NothingToEvaluate' });
  });

  it('where no cluster is selected', async () => {
    const world = await watched({ selector: { names: ['nope'] } });
    expect(await refusalOf(evaluate(world))).toMatchObject({ status: 409, code: 'NothingToEvaluate' });
    expect(world.policy.evaluated).toEqual([]);
  });

  it('for a binding that is being deleted', async () => {
    const world = await watched({ mode: 'remediate', limits: { maxDriftShare: '100%' }, every: '15m' });
    await world.sweepAndTick();
    world.policy.fault = UNAVAILABLE;
    expect((await deleteBinding(world.deps, 'keep', alice)).isGone).toBe(false);
    world.policy.fault = undefined;
    expect(await refusalOf(evaluate(world))).toMatchObject({ status: 409, code: 'BindingBeingDeleted' });
    expect(world.policy.evaluated).toEqual([]);
  });
});
