import { describe, expect, it } from 'vitest';
import { deleteBinding } from '../../../src/app/bindings/delete-binding.ts';
import { reconcileBindings } from '../../../src/app/bindings/reconcile-bindings.ts';
import { reserve, writesOfSubscription } from '../../../src/app/budgets.ts';
import { ARM_WRITES } from '../../../src/core/throttle/budget.ts';
import { rawConfiguration, SUBSCRIPTION_A } from '../../core/clusters.ts';
import { alice, idOf, MINUTE } from '../support.ts';
import { ASSIGNMENT } from '../assign.ts';
import { bench, heldCodes, type BindingBench } from './support.ts';

const remediate = { source: { assignment: ASSIGNMENT }, mode: 'remediate', limits: { maxDriftShare: '100%' } };
const UNAVAILABLE = { kind: 'unavailable', code: 'ServiceUnavailable', detail: 'away' } as const;

/** A fleet on which an assignment wants something else than was rolled out. */
async function fought(clusters: number, changes = {}, parameters = {}): Promise<BindingBench> {
  const world = bench(clusters);
  await world.rollOut();
  world.assign(changes, parameters);
  return world;
}

describe('a binding in mode remediate', () => {
  it('creates one task for the clusters that are not as the assignment wants, and follows it to its end', async () => {
    const world = await fought(4);
    await world.put({
      ...remediate,
      selector: { names: ['c0', 'c1', 'c2'] },
      limits: { maxDriftShare: '100%', maxConcurrency: 2, maxFailures: '50%' },
    });
    const { measures, lastRun } = await world.sweepAndTick();
    expect(lastRun).toMatchObject({ selected: 3, drifting: 3, acted: 3 });
    const [task, ...others] = world.policy.remediations;
    expect(others).toEqual([]);
    expect(task!.request).toMatchObject({
      subscriptionId: SUBSCRIPTION_A,
      assignmentId: ASSIGNMENT,
      resourceIds: ['c0', 'c1', 'c2'].map(idOf),
      parallelDeployments: 2,
      failureThreshold: 1 / 3,
    });
    expect(task!.request.referenceId).toBeUndefined();
    expect(measures).toMatchObject([{ kind: 'remediation', state: 'Running', clusters: 3 }]);
    world.clock.advance(15 * MINUTE);
    // While it runs, its clusters are left alone.
    expect(heldCodes(await world.sweepAndTick())).toEqual({
      c0: 'RolloutAtWork',
      c1: 'RolloutAtWork',
      c2: 'RolloutAtWork',
    });
    world.policy.finishRemediation(SUBSCRIPTION_A, task!.request.name, 2, 1);
    expect((await world.tick()).measures).toMatchObject([
      {
        state: 'Ended',
        detail: 'Complete: 2 of 3 deployments succeeded, 1 failed',
        deployments: { total: 3, successful: 2 },
      },
    ]);
    expect(world.policy.remediations).toHaveLength(1);
  });

  it('takes at most 100 clusters to a task, which share the concurrency', async () => {
    const world = await fought(205);
    await world.put({ ...remediate, limits: { maxDriftShare: '100%', maxConcurrency: 30 } });
    await world.sweepAndTick();
    const requests = world.policy.remediations.map(({ request }) => request);
    expect(requests.map(({ resourceIds }) => resourceIds.length)).toEqual([100, 100, 5]);
    expect(new Set(requests.flatMap(({ resourceIds }) => resourceIds)).size).toBe(205);
    expect(requests.map(({ parallelDeployments }) => parallelDeployments)).toEqual([10, 10, 10]);
  });

  it('names the member of an initiative, and does one thing at a time on a cluster', async () => {
    const set = '/providers/Microsoft.Authorization/policySetDefinitions/flux';
    const world = await fought(1, { definitionId: set, parameters: {} });
    const member = (referenceId: string, configurationName: string) => ({
      referenceId,
      definitionId: world.policy.definitions[0]!.id,
      parameters: { configurationName, repositoryUrl: 'https://git.example/policy', repositoryRefBranch: 'main' },
    });
    const members = [member('second', 'other'), member('first', 'shop')];
    world.policy.sets.push({ id: set, parameterDefaults: {}, members });
    const { subjects } = await world.put(remediate);
    expect(subjects).toEqual(['other', 'shop']);
    await world.sweepAndTick();
    expect(world.policy.remediations.map(({ request }) => request.referenceId)).toEqual(['second']);
  });

  it('is about its own assignment and no other', async () => {
    const world = await fought(2);
    const other = ASSIGNMENT.replace('/shop', '/other');
    world.policy.assigned.push({ ...world.policy.assigned[0]!, id: other, parameters: {} });
    await world.put({ ...remediate, source: { assignment: other } });
    expect((await world.sweepAndTick()).lastRun).toMatchObject({ selected: 2, drifting: 0 });
  });

  it('leaves clusters alone on which the assignment deploys nothing', async () => {
    const world = await fought(2, {}, { effect: 'AuditIfNotExists' });
    await world.put(remediate);
    expect(heldCodes(await world.sweepAndTick())).toEqual({ c0: 'PolicyDoesNotAct', c1: 'PolicyDoesNotAct' });
    expect(world.policy.remediations).toEqual([]);
  });

  it('is not flapping against a rollout that fights the assignment', async () => {
    const world = await fought(1);
    await world.put({ ...remediate, limits: { maxDriftShare: '100%', correctionsPerCluster: 1 } });
    await world.sweepAndTick();
    world.policy.finishRemediation(SUBSCRIPTION_A, world.policy.remediations[0]!.request.name, 1);
    world.clock.advance(15 * MINUTE);
    expect(heldCodes(await world.sweepAndTick())).toEqual({ c0: 'AntiFlap' });
  });

  it('tries again when Azure does not answer, and shows what Azure refuses', async () => {
    const world = await fought(1);
    await world.put(remediate);
    await world.sweep();
    world.policy.fault = UNAVAILABLE;
    // Nothing is decided before it is known what the assignment does.
    expect((await world.tick()).lastRun).toBeUndefined();
    world.policy.fault = undefined;
    const create = world.policy.createRemediation.bind(world.policy);
    world.policy.createRemediation = async () => ({ ok: false, fault: UNAVAILABLE });
    expect((await world.tick()).measures).toMatchObject([{ state: 'Planned' }]);
    world.policy.createRemediation = async () => ({
      ok: false,
      fault: { kind: 'refused', code: 'AuthorizationFailed', detail: 'no right to remediate' },
    });
    expect((await world.tick()).measures).toMatchObject([
      { state: 'Refused', detail: 'AuthorizationFailed: no right to remediate' },
    ]);
    world.policy.createRemediation = create;
    world.clock.advance(15 * MINUTE);
    expect((await world.sweepAndTick()).measures.map(({ state }) => state)).toEqual(['Refused', 'Running']);
  });
});

describe('a task that was decided on and of which nobody knows whether it was created', () => {
  /** Azure creates the task, and its answer gets lost. */
  async function inDoubt(): Promise<BindingBench> {
    const world = await fought(4);
    await world.put(remediate);
    const create = world.policy.createRemediation.bind(world.policy);
    world.policy.createRemediation = async (request) => {
      await create(request);
      return { ok: false, fault: { kind: 'timedOut', detail: 'no answer' } };
    };
    expect((await world.sweepAndTick()).measures).toMatchObject([{ state: 'Planned' }]);
    world.policy.createRemediation = create;
    return world;
  }
  const states = ({ policy }: BindingBench) => policy.remediations.map(({ provisioningState }) => provisioningState);

  it('is found again', async () => {
    const world = await inDoubt();
    expect((await world.tick()).measures).toMatchObject([{ state: 'Running' }]);
    expect(states(world)).toEqual(['Accepted']);
  });

  it('does not run on unseen when a rollout has begun to work there', async () => {
    const world = await inDoubt();
    const other = rawConfiguration({ name: 'other', namespace: 'other' });
    await world.submitAndPlan({ change: { configurations: [other] }, policy: { onFight: 'observe' } });
    const { measures } = await world.tick();
    expect(measures).toMatchObject([{ state: 'Dropped', detail: expect.stringContaining('c0') as string }]);
    expect(states(world)).toEqual(['Cancelling']);
  });

  it('does not run on unseen when the binding only reports by now', async () => {
    const world = await inDoubt();
    await world.put({ ...remediate, mode: 'report' });
    expect((await world.tick()).measures).toMatchObject([{ state: 'Dropped' }]);
    expect(states(world)).toEqual(['Cancelling']);
  });

  it('does not run on unseen when the binding goes by another assignment by now', async () => {
    const world = await inDoubt();
    const other = ASSIGNMENT.replace('/shop', '/other');
    world.policy.assigned.push({ ...world.policy.assigned[0]!, id: other });
    await world.put({ ...remediate, source: { assignment: other } });
    expect((await world.tick()).measures).toMatchObject([{ state: 'Dropped' }]);
    expect(states(world)).toEqual(['Cancelling']);
  });

  it('is dropped once it is known to be cancelled, and not before', async () => {
    const world = await inDoubt();
    await world.put({ ...remediate, mode: 'report' });
    await reserve(world.deps, writesOfSubscription(SUBSCRIPTION_A), ARM_WRITES.capacity, 0);
    expect((await world.tick()).measures).toMatchObject([{ state: 'Planned' }]);
    world.policy.fault = { kind: 'throttled', retryAfterMs: 60_000 };
    world.clock.advance(MINUTE);
    expect((await world.tick()).measures).toMatchObject([{ state: 'Planned' }]);
    world.policy.fault = undefined;
    expect((await world.tick()).measures).toMatchObject([{ state: 'Planned' }]);
    world.clock.advance(2 * MINUTE);
    expect((await world.tick()).measures).toMatchObject([{ state: 'Dropped' }]);
    expect(states(world)).toEqual(['Cancelling']);
  });
});

describe('a binding that is deleted', () => {
  it('cancels its tasks and is gone', async () => {
    const world = await fought(2);
    await world.put(remediate);
    await world.sweepAndTick();
    expect(await deleteBinding(world.deps, 'keep', alice)).toEqual({ isGone: true, rollouts: [] });
    expect(world.policy.remediations.map(({ provisioningState }) => provisioningState)).toEqual(['Cancelling']);
    expect(await world.deps.bindings.list()).toEqual([]);
  });

  it('acts no more while Azure does not answer, and is gone when it does', async () => {
    const world = await fought(2);
    await world.put(remediate);
    await world.sweepAndTick();
    world.policy.fault = UNAVAILABLE;
    expect((await deleteBinding(world.deps, 'keep', alice)).isGone).toBe(false);
    await reconcileBindings(world.deps);
    expect((await world.binding()).deleting).toBe(true);
    await expect(world.put(remediate)).rejects.toThrow();
    world.policy.fault = undefined;
    await expect(world.put(remediate)).rejects.toMatchObject({ status: 409, code: 'BindingBeingDeleted' });
    await reconcileBindings(world.deps);
    expect(await world.deps.bindings.list()).toEqual([]);
    expect(world.policy.remediations.map(({ provisioningState }) => provisioningState)).toEqual(['Cancelling']);
  });

  it('cancels a task of which nobody knows whether it was created', async () => {
    const world = await fought(2);
    await world.put(remediate);
    const create = world.policy.createRemediation.bind(world.policy);
    world.policy.createRemediation = async (request) => {
      await create(request);
      return { ok: false, fault: { kind: 'timedOut', detail: 'no answer' } };
    };
    expect((await world.sweepAndTick()).measures).toMatchObject([{ state: 'Planned' }]);
    expect((await deleteBinding(world.deps, 'keep', alice)).isGone).toBe(true);
    expect(world.policy.remediations.map(({ provisioningState }) => provisioningState)).toEqual(['Cancelling']);
  });

  it('does not mind a task that is over already', async () => {
    const world = await fought(2);
    await world.put(remediate);
    await world.sweepAndTick();
    world.policy.finishRemediation(SUBSCRIPTION_A, world.policy.remediations[0]!.request.name, 2);
    expect((await deleteBinding(world.deps, 'keep', alice)).isGone).toBe(true);
  });

  it('leaves no task behind that is created at the same moment', async () => {
    const world = await fought(2);
    await world.put(remediate);
    const create = world.policy.createRemediation.bind(world.policy);
    world.policy.createRemediation = async (request) => {
      await deleteBinding(world.deps, 'keep', alice);
      return create(request);
    };
    await world.sweep();
    await reconcileBindings(world.deps);
    expect(await world.deps.bindings.list()).toEqual([]);
    expect(world.policy.remediations.map(({ provisioningState }) => provisioningState)).toEqual(['Cancelling']);
  });

  it('says which of its rollouts go on', async () => {
    const world = bench(2);
    await world.rollOut();
    await world.put();
    world.edit('c0');
    await world.sweepAndTick();
    const [correction] = await world.corrections();
    expect(await deleteBinding(world.deps, 'keep', alice)).toEqual({ isGone: true, rollouts: [correction!.id] });
    expect((await world.run(correction!.id)).status).toBe('Succeeded');
    await expect(deleteBinding(world.deps, 'keep', alice)).rejects.toMatchObject({ status: 404 });
  });
});
