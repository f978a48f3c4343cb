import { describe, expect, it } from 'vitest';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import { runSweepShard } from '../../../src/app/compliance/run-sweep-shard.ts';
import { putBinding } from '../../../src/app/bindings/put-binding.ts';
import { getBinding, listBindings } from '../../../src/app/bindings/read-bindings.ts';
import { resumeBinding } from '../../../src/app/bindings/resume-binding.ts';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import { BINDINGS_MAX } from '../../../src/contracts/limits.ts';
import { binding, bindingRecord } from '../../core/bindings/records.ts';
import { SUBSCRIPTION_A, SUBSCRIPTION_B } from '../../core/clusters.ts';
import { alice, bob, idOf, MINUTE } from '../support.ts';
import { ASSIGNMENT, stateOf } from '../assign.ts';
import { bench, heldCodes, refusalOf } from './support.ts';

const assigned = { source: { assignment: ASSIGNMENT }, mode: 'remediate' };
const named = (...names: string[]) => ({ selector: { names } });

describe('a binding that is put', () => {
  it('is stored with who did it, and replaced without losing what it did', async () => {
    const world = bench(2);
    await world.rollOut();
    const first = await world.put();
    expect(first).toMatchObject({ changes: [{ what: 'Created', actor: alice }], measures: [] });
    world.edit('c0');
    await world.sweepAndTick();
    const second = await world.put({ every: '1h' }, 'keep', bob);
    expect(second).toMatchObject({ id: first.id, createdAt: first.createdAt, measures: [{ state: 'Running' }] });
    expect(second.changes.map(({ what, actor }) => `${what} ${actor.name}`)).toEqual(['Created alice', 'Changed bob']);
    expect(second.lastRun).toBeDefined();
  });

  it('may not act faster than a sweep takes', async () => {
    const world = bench(1);
    const { id } = await startSweep(world.deps, SYSTEM);
    world.clock.advance(20 * MINUTE);
    await world.put();
    await runSweepShard(world.deps, { schema: 1, sweepId: id, shard: 0 });
    expect(await refusalOf(world.put())).toMatchObject({
      status: 400,
      code: 'FasterThanSweep',
      problems: [{ field: 'every' }],
    });
    await world.put({ every: '20m' });
  });

  it.each(['Upper', 'a b', '-a', 'x'.repeat(58), ''])('may not be called %j', async (name) => {
    expect(await refusalOf(bench(1).put({}, name))).toMatchObject({ status: 400, code: 'InvalidBindingName' });
  });

  it('is one of a hundred at the most', async () => {
    const world = bench(1);
    for (let n = 0; n < BINDINGS_MAX; n++) {
      const record = bindingRecord({ name: `b${n}`, subjects: [] });
      await world.deps.bindings.write({ record, version: undefined, addClusters: [], dropClusters: [] });
    }
    expect(await refusalOf(world.put())).toMatchObject({ status: 409, code: 'TooManyBindings' });
    await world.put({}, 'b7');
  });
});

describe('a binding of an assignment', () => {
  it('is about what its Flux definition deploys', async () => {
    const world = bench(1);
    world.assign();
    expect(await world.put(assigned)).toMatchObject({ subjects: ['shop'] });
  });

  it.each([
    `/subscriptions/${SUBSCRIPTION_A}/providers/Microsoft.Authorization/policyAssignments/nope`,
    '/subscriptions/00000000-0000-4000-c000-00000000000c/providers/Microsoft.Authorization/policyAssignments/shop',
    '/providers/Microsoft.Management/managementGroups/root/providers/Microsoft.Authorization/policyAssignments/nope',
  ])('that is unknown is refused: %s', async (assignment) => {
    const world = bench(1);
    world.assign();
    const put = world.put({ source: { assignment }, mode: 'report' });
    expect(await refusalOf(put)).toMatchObject({ status: 400, code: 'UnknownAssignment' });
  });

  it('that is not about Flux may only report, and reports its policy states', async () => {
    const world = bench(3);
    world.assign({ definitionId: '/providers/Microsoft.Authorization/policyDefinitions/audit-tags' });
    expect(await refusalOf(world.put(assigned))).toMatchObject({ status: 400, code: 'NotAFluxAssignment' });
    await world.put({ ...assigned, mode: 'report', ...named('c0', 'c1') });
    expect(await getBinding(world.deps, 'keep')).toMatchObject({
      subjects: [],
      notice: expect.stringContaining('no built-in Flux definition') as string,
    });
    world.policy.found.push(stateOf('c0'), stateOf('c1', { complianceState: 'Compliant' }), stateOf('c2'));
    await world.sweepAndTick();
    expect(await getBinding(world.deps, 'keep')).toMatchObject({
      state: 'Active',
      lastRun: undefined,
      policyStates: { selectedNonCompliant: 1, nonCompliant: [{ clusterId: idOf('c0') }] },
    });
  });

  it('below a subscription is looked for there only', async () => {
    const world = bench(1);
    world.assign();
    const asked: string[] = [];
    const assignments = world.policy.assignments.bind(world.policy);
    world.policy.assignments = (subscription) => {
      asked.push(subscription);
      return assignments(subscription);
    };
    const deps = { ...world.deps, subscriptions: [SUBSCRIPTION_B, SUBSCRIPTION_A] };
    const put = { name: 'keep', binding: binding(assigned), actor: alice };
    expect((await putBinding(deps, put)).record.subjects).toEqual(['shop']);
    expect(asked).toEqual([SUBSCRIPTION_A]);
    asked.length = 0;
    const nowhere = { ...assigned, selector: { names: ['nope'] } };
    expect((await putBinding(deps, { ...put, binding: binding(nowhere) })).record.subjects).toBeUndefined();
    expect(asked).toEqual([SUBSCRIPTION_A]);
  });

  it('cannot be put while Policy does not answer', async () => {
    const world = bench(1);
    world.assign();
    world.policy.fault = { kind: 'unavailable', code: 'ServiceUnavailable', detail: 'away' };
    await expect(world.put(assigned)).rejects.toMatchObject({ code: 'PolicyUnreadable' });
  });
});

describe('two bindings', () => {
  it('may not both have the say over what is the same on the same clusters', async () => {
    const world = bench(3);
    await world.put({ mode: 'report', ...named('c0', 'c1') }, 'watch');
    const refusal = await refusalOf(world.put(named('c1', 'c2')));
    expect(refusal).toMatchObject({ status: 409, code: 'BindingConflict' });
    expect(refusal.message).toContain('watch (mode report)');
    expect(refusal.message).toContain(idOf('c1'));
    await world.put(named('c2'));
    await world.put({ mode: 'report' }, 'watch-more').then(
      () => expect.fail('a binding that corrects was overruled'),
      (error: unknown) => expect(error).toMatchObject({ code: 'BindingConflict' }),
    );
    await world.put({ mode: 'report', ...named('c0') }, 'watch-too');
  });

  it('that came to overlap later: the one that reports goes first, of two that write the older one', async () => {
    const world = bench(4);
    await world.rollOut();
    await world.put(named('c*'), 'older');
    const stored = (await world.deps.bindings.read('older'))!;
    const unnoticed = { version: undefined, addClusters: [], dropClusters: [] };
    const { binding, createdAt } = stored.value;
    const younger = { ...stored.value, name: 'younger', id: 'y', createdAt: createdAt + 1, changes: [] };
    const watch = {
      ...younger,
      name: 'watch',
      id: 'w',
      binding: { ...binding, mode: 'report' as const, ...named('c3') },
    };
    await world.deps.bindings.write({ ...unnoticed, record: younger });
    await world.deps.bindings.write({ ...unnoticed, record: watch });
    world.edit('c0', 'c3');
    expect(heldCodes(await world.sweepAndTick('older'))).toEqual({ c3: 'OtherBinding' });
    expect(heldCodes(await world.binding('younger'))).toMatchObject({ c3: 'OtherBinding' });
    expect(heldCodes(await world.binding('watch'))).toEqual({ c3: 'ModeReport' });
    expect((await world.corrections()).map(({ request }) => request.name)).toEqual(['drift-older']);
  });
});

describe('the brake', () => {
  it('comes off by a person who says why, and goes on again when as much drifts as before', async () => {
    const world = bench(10);
    await world.rollOut();
    const limits = { maxDriftShare: '10%' };
    await world.put({ limits });
    const resume = () => resumeBinding(world.deps, 'keep', bob, { reason: 'it was us' });
    expect(await refusalOf(resume())).toMatchObject({ status: 409, code: 'BrakeNotOn' });
    world.edit('c0', 'c1');
    await world.sweepAndTick();
    expect(await getBinding(world.deps, 'keep')).toMatchObject({ state: 'Stopped' });
    await world.put({ limits });
    expect((await world.binding()).brake).toBeDefined();
    expect((await resume()).brake).toBeUndefined();
    world.clock.advance(15 * MINUTE);
    expect((await world.sweepAndTick()).brake).toBeDefined();
    await world.put({ limits: { maxDriftShare: '20%' } });
    await resume();
    world.clock.advance(15 * MINUTE);
    const after = await world.sweepAndTick();
    expect(after.lastRun).toMatchObject({ acted: 2 });
    expect(after.changes.filter(({ what }) => what === 'Resumed')).toMatchObject([
      { actor: bob, reason: 'it was us' },
      { actor: bob, reason: 'it was us' },
    ]);
  });

  it('of an unknown binding cannot be taken off', async () => {
    const resume = resumeBinding(bench(1).deps, 'nope', bob, { reason: 'x' });
    expect(await refusalOf(resume)).toMatchObject({ status: 404, code: 'BindingNotFound' });
  });
});

it('the list is short, the binding tells everything', async () => {
  const world = bench(150);
  await world.rollOut();
  await world.put({ mode: 'report' });
  world.edit(...Array.from({ length: 150 }, (_, n) => `c${n}`));
  await world.sweepAndTick();
  const view = await getBinding(world.deps, 'keep');
  expect(view).toMatchObject({ state: 'Active', every: '15m', limits: { per: '24h', correctionsPerCluster: 3 } });
  expect(view.lastRun).toMatchObject({ drifting: 150, acted: 0, heldByCode: { ModeReport: 150 } });
  expect(view.lastRun!.held).toHaveLength(100);
  const { items } = await listBindings(world.deps);
  expect(items).toMatchObject([{ name: 'keep', state: 'Active', running: 0, lastRun: { drifting: 150 } }]);
  expect(JSON.stringify(items).length).toBeLessThan(1000);
});
