import { describe, expect, it, vi } from 'vitest';
import { MemoryQueueWatch } from '../../../src/adapters/memory/queue-watch.ts';
import { recordThrottling, writesOfSubscription } from '../../../src/app/budgets.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { FleetFigures } from '../../../src/app/telemetry/fleet-figures.ts';
import { measureFleet } from '../../../src/app/telemetry/measure-fleet.ts';
import { publishFigures } from '../../../src/app/telemetry/publish-figures.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { QUEUES } from '../../../src/contracts/queues.ts';
import { MEASURED_KEPT_SECONDS } from '../../../src/contracts/timing.ts';
import type { Within } from '../../../src/ports/probe.ts';
import type { QueueWatch } from '../../../src/ports/queue-watch.ts';
import { SUBSCRIPTION_A } from '../../core/clusters.ts';
import { sweep } from '../compliance/support.ts';
import { Bench, MINUTE, SECOND } from '../support.ts';
import { series, told } from './series.ts';

const patient: Within = (work) => work;

/** A fleet in the middle of its work: a rollout whose first messages are 30 s old, one that has ended, a sweep, a 429. */
async function atWork() {
  const bench = new Bench([{}, {}, {}]);
  const strategy = { maxConcurrency: 2, stages: [{ name: 'all' }] };
  const ended = await bench.submit({ strategy });
  await bench.run(ended.id);
  await sweep(bench);
  bench.clock.advance(10 * MINUTE);
  const { id } = await bench.submitAndPlan({ name: 'second', strategy });
  await recordThrottling(bench.deps, writesOfSubscription(SUBSCRIPTION_A), MINUTE);
  bench.clock.advance(30 * SECOND);
  return { bench, id, watch: new MemoryQueueWatch(bench.bus, () => bench.clock.now()) };
}

describe('the figures of an installation', () => {
  it('are read from what is stored and queued', async () => {
    const { bench, id, watch } = await atWork();
    expect(told(await measureFleet(bench.deps, watch, patient))).toMatchObject({
      'flotilla.rollouts status=Running': 1,
      'flotilla.rollout.clusters state=InFlight': 2,
      'flotilla.rollout.clusters state=NotStarted': 1,
      [`flotilla.stage.age rollout=${id} stage=all phase=Running`]: 30,
      'flotilla.sweep.age': expect.closeTo(630, 2) as number,
      'flotilla.fleet.clusters state=Compliant': 3,
      [`flotilla.azure.throttled pool=arm-writes subscription=${SUBSCRIPTION_A}`]: 1,
      'flotilla.queue.oldest.age queue=operations': 30,
    });
  });

  it('take few reads: three queries, one more for each sweep until a complete one, a point read for each active rollout, a peek for each queue', async () => {
    const { bench, watch } = await atWork();
    const calls: string[] = [];
    const counted = Object.fromEntries(
      Object.entries(bench.deps).map(([name, port]) => [
        name,
        ['index', 'store', 'compliance', 'budgets'].includes(name) ? counting(name, port as object, calls) : port,
      ]),
    ) as unknown as Deps;
    await measureFleet(counted, counting('watch', watch, calls), patient);
    expect(calls.filter((call) => !call.startsWith('watch')).sort()).toEqual([
      'budgets.readAll',
      'compliance.listSweeps',
      'compliance.sweep',
      'index.active',
      'store.header',
    ]);
    expect(calls.filter((call) => call.startsWith('watch'))).toHaveLength(QUEUES.length + 1);
  });

  it.each<[what: string, missing: string, broken: (deps: Deps, watch: QueueWatch) => [Deps, QueueWatch]]>([
    [
      'rollouts',
      'flotilla.rollouts',
      (deps, watch) => [{ ...deps, index: { ...deps.index, active: () => Promise.reject(away) } }, watch],
    ],
    [
      'sweeps',
      'flotilla.sweep.age',
      (deps, watch) => [{ ...deps, compliance: { ...deps.compliance, listSweeps: () => Promise.reject(away) } }, watch],
    ],
    [
      'budgets',
      'flotilla.budget.used',
      (deps, watch) => [{ ...deps, budgets: { ...deps.budgets, readAll: () => Promise.reject(away) } }, watch],
    ],
    [
      'dead letters',
      'flotilla.dead.letters',
      (deps, watch) => [
        deps,
        { oldestSince: (queue) => watch.oldestSince(queue), deadLetters: () => Promise.reject(away) },
      ],
    ],
  ])('%s that cannot be read cost their own figures only, and are told', async (part, missing, breaks) => {
    const { bench, watch } = await atWork();
    const whole = series(await measureFleet(bench.deps, watch, patient));
    const warn = vi.fn();
    const [deps, broken] = breaks({ ...bench.deps, log: { ...bench.deps.log, warn } }, watch);
    const found = series(await measureFleet(deps, broken, patient));
    expect(Object.keys(found).filter((name) => name.startsWith(missing))).toEqual([]);
    const lost = Object.keys(whole).filter((name) => !(name in found));
    const kept = Object.entries(whole).filter(([name]) => name in found && !name.endsWith(`part=${part}`));
    expect(lost.length).toBeGreaterThan(0);
    expect(found).toMatchObject({ ...Object.fromEntries(kept), [`flotilla.measure.failed part=${part}`]: 1 });
    expect(warn).toHaveBeenCalledExactlyOnceWith('figures could not be measured', { part, error: away });
  });

  it('are tried once more, since the other side closes idle connections', async () => {
    const { bench, watch } = await atWork();
    vi.spyOn(bench.deps.budgets, 'readAll').mockRejectedValueOnce(away);
    const found = series(await measureFleet(bench.deps, watch, patient));
    expect(found).toMatchObject({ 'flotilla.measure.failed part=budgets': 0, 'flotilla.budget.used pool=graph': 0 });
  });

  it('without the broker lack its queues; with one queue that never answers, that one', async () => {
    const { bench, watch } = await atWork();
    const nowhere: QueueWatch = {
      oldestSince: () => Promise.reject(away),
      deadLetters: () => Promise.reject(away),
    };
    const failed = (found: Record<string, number>) =>
      Object.entries(found).flatMap(([name, value]) => (name.includes('measure.failed') && value === 1 ? [name] : []));
    const without = series(await measureFleet(bench.deps, nowhere, patient));
    expect(failed(without)).toHaveLength(QUEUES.length + 1);
    expect(without).toMatchObject({ 'flotilla.rollouts status=Running': 1 });
    expect(Object.keys(without).filter((name) => /queue\.oldest|dead\.letters/.test(name))).toEqual([]);

    const silent: QueueWatch = {
      oldestSince: (queue) => (queue === 'sweeps' ? new Promise(() => undefined) : watch.oldestSince(queue)),
      deadLetters: (queue) => watch.deadLetters(queue),
    };
    const impatient: Within = (work) =>
      Promise.race([work, new Promise<never>((_, reject) => void setTimeout(() => reject(away), 50))]);
    const most = series(await measureFleet(bench.deps, silent, impatient));
    expect(failed(most)).toEqual(['flotilla.measure.failed part=queue sweeps']);
    expect(most).toMatchObject({ 'flotilla.queue.oldest.age queue=operations': 30 });
  });
});

const away = new Transient('Away', 'does not answer');

/** The same object, with its calls written down. */
function counting<T extends object>(name: string, real: T, calls: string[]): T {
  return new Proxy(real, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        calls.push(`${name}.${String(key)}`);
        return value.apply(target, args) as unknown;
      };
    },
  });
}

it('what was measured is told for some seconds, and shared by those who ask at once', async () => {
  const { bench, watch } = await atWork();
  const oldest = vi.spyOn(watch, 'oldestSince');
  const figures = new FleetFigures(bench.deps, watch, patient);
  const [one, two] = await Promise.all([figures.read(), figures.read()]);
  expect(two).toBe(one);
  bench.clock.advance(MEASURED_KEPT_SECONDS * SECOND - 1);
  expect(await figures.read()).toBe(one);
  expect(oldest).toHaveBeenCalledTimes(QUEUES.length);
  bench.clock.advance(1);
  expect(series(await figures.read())['flotilla.queue.oldest.age queue=operations']).toBe(45);
});

it('each minute they are handed over and logged, in a line that stays short', async () => {
  const { bench, id, watch } = await atWork();
  const info = vi.fn();
  const subscriptions = [SUBSCRIPTION_A, ...Array.from({ length: 200 }, (_, n) => `sub-${n}`)];
  const deps: Deps = { ...bench.deps, subscriptions, log: { ...bench.deps.log, info } };
  const figures = new FleetFigures(deps, watch, patient);
  await publishFigures(deps, figures);
  expect(bench.telemetry.measured).toBe(await figures.read());
  expect(JSON.stringify(bench.telemetry.measured)).toContain(id);
  const [[message, facts]] = info.mock.calls as [[string, { budgets: object[] }]];
  expect(message).toBe('fleet measured');
  expect(facts).toMatchObject({
    rollouts: { Running: 1, Halted: 0 },
    clusters: { InFlight: 2 },
    overdueSeconds: expect.any(Number) as number,
    sweepAgeSeconds: expect.closeTo(630, 2) as number,
    fleet: { Compliant: 3 },
    drifting: 0,
    queues: { operations: 30, revisions: 0 },
    deadLetters: 0,
    failed: [],
  });
  expect(facts.budgets).toHaveLength(10);
  expect(facts.budgets[0]).toEqual({ pool: 'arm-writes', subscription: SUBSCRIPTION_A, used: 1 });
  expect(JSON.stringify(facts).length).toBeLessThan(4000);
});
