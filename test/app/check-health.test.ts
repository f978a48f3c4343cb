import { describe, expect, it, vi } from 'vitest';
import { Health, type HealthPart } from '../../src/app/check-health.ts';
import { showDeadWakeup } from '../../src/app/dead-letters.ts';
import { refreshInventory } from '../../src/app/fleet.ts';
import { startSweep } from '../../src/app/compliance/start-sweep.ts';
import { SYSTEM } from '../../src/contracts/actor.ts';
import { Transient } from '../../src/contracts/errors.ts';
import { HEALTH_FAULT_KEPT_SECONDS, HEALTH_KEPT_SECONDS } from '../../src/contracts/timing.ts';
import type { Probe, Within } from '../../src/ports/probe.ts';
import { Bench, MINUTE, SECOND } from './support.ts';

const patient: Within = (work) => work;
const probe = (check: Probe['check']): Probe => ({ name: 'it', check });

async function partOf(bench: Bench, name: string, deps = bench.deps): Promise<HealthPart> {
  const { parts } = await new Health(deps, [], patient).check();
  return parts.find((part) => part.name === name)!;
}

describe('rollouts', () => {
  it('are well while they are advanced in time', async () => {
    const bench = new Bench([{}]);
    expect(await partOf(bench, 'rollouts')).toEqual({ name: 'rollouts', ok: true, detail: '0 active' });
    await bench.submitAndPlan();
    bench.clock.advance(2 * MINUTE);
    expect(await partOf(bench, 'rollouts')).toMatchObject({ ok: true, detail: '1 active' });
  });

  it('are not when one is overdue: the one that has waited longest is named', async () => {
    const bench = new Bench([{}, {}], ['c0', 'c1']);
    const first = await bench.submitAndPlan({ target: { selector: { names: ['c0'] } } });
    bench.clock.advance(SECOND);
    await bench.submitAndPlan({ target: { selector: { names: ['c1'] } } });
    bench.clock.advance(5 * MINUTE);
    const { ok, detail } = await partOf(bench, 'rollouts');
    expect(ok).toBe(false);
    expect(detail).toContain(`2 active; ${first.id} is overdue for `);
  });

  it('are not when one cannot be advanced', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submitAndPlan();
    await showDeadWakeup(
      bench.deps,
      { schema: 1, rolloutId: id },
      { reason: 'MaxDeliveryCountExceeded', description: '' },
    );
    expect(await partOf(bench, 'rollouts')).toMatchObject({
      ok: false,
      detail: `1 active; 1 cannot be advanced, such as ${id}: see its waiting`,
    });
  });

  it('are not when the tables do not answer, and the other parts are told all the same', async () => {
    const bench = new Bench([]);
    const index = { ...bench.deps.index, active: () => Promise.reject(new Transient('Down', 'tables do not answer')) };
    const { ok, parts } = await new Health({ ...bench.deps, index }, [], patient).check();
    expect(ok).toBe(false);
    expect(parts).toMatchObject([
      { name: 'rollouts', ok: false, detail: 'tables do not answer' },
      { name: 'sweeps', ok: true },
      { name: 'inventory', ok: true },
    ]);
  });
});

describe('sweeps and inventory', () => {
  it('are well before the first one', async () => {
    const bench = new Bench([{}]);
    expect(await partOf(bench, 'sweeps')).toMatchObject({ ok: true, detail: 'none yet' });
    expect(await partOf(bench, 'inventory')).toMatchObject({ ok: true });
  });

  it('say how old they are; sweeps that are missing are a fault', async () => {
    const bench = new Bench([{}, {}]);
    const { id } = await startSweep(bench.deps, SYSTEM);
    await refreshInventory(bench.deps);
    bench.clock.advance(20 * MINUTE);
    expect(await partOf(bench, 'sweeps')).toMatchObject({
      ok: true,
      detail: `the last began 20m ago (${id}, running)`,
    });
    expect(await partOf(bench, 'inventory')).toMatchObject({ ok: true, detail: '2 clusters, taken 20m ago' });
    bench.clock.advance(4 * 60 * MINUTE);
    const late = await partOf(bench, 'sweeps');
    expect(late.ok).toBe(false);
    expect(late.detail).toContain('incomplete): look at the timer start-sweep');
  });
});

describe('a check', () => {
  it('tells what dependencies say, whether they are well or not', async () => {
    const { deps } = new Bench([]);
    const probes = [probe(async () => 'fine'), probe(() => Promise.reject(new Error('nobody may send')))];
    const { ok, parts } = await new Health(deps, probes, patient).check();
    expect(ok).toBe(false);
    expect(parts.slice(-2)).toEqual([
      { name: 'it', ok: true, detail: 'fine' },
      { name: 'it', ok: false, detail: 'nobody may send' },
    ]);
  });

  it('waits for no part longer than it may', async () => {
    const { deps } = new Bench([]);
    const never = new Promise<string>(() => undefined);
    const impatient: Within = (work) =>
      Promise.race([
        work,
        new Promise<never>(
          (_, reject) => void setImmediate(() => reject(new Transient('NoAnswer', 'No answer within 5 s.'))),
        ),
      ]);
    const { parts } = await new Health(deps, [probe(() => never)], impatient).check();
    expect(parts.at(-1)).toEqual({ name: 'it', ok: false, detail: 'No answer within 5 s.' });
    expect(parts[0]).toMatchObject({ ok: true });
  });

  it('is told for a while, for a shorter one when something is wrong, and shared by those who ask at once', async () => {
    const bench = new Bench([]);
    const check = vi.fn<Probe['check']>().mockResolvedValue('fine');
    const health = new Health(bench.deps, [probe(check)], patient);
    const [one, two] = await Promise.all([health.check(), health.check()]);
    expect(one).toBe(two);
    bench.clock.advance(HEALTH_KEPT_SECONDS * SECOND - 1);
    await health.check();
    expect(check).toHaveBeenCalledTimes(1);
    check.mockRejectedValue(new Error('gone'));
    bench.clock.advance(1);
    expect((await health.check()).ok).toBe(false);
    bench.clock.advance(HEALTH_FAULT_KEPT_SECONDS * SECOND - 1);
    await health.check();
    expect(check).toHaveBeenCalledTimes(2);
    check.mockResolvedValue('fine');
    bench.clock.advance(1);
    expect((await health.check()).ok).toBe(true);
  });
});
