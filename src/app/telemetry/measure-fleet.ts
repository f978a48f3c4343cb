import { QUEUES, REQUESTS_QUEUE } from '../../contracts/queues.ts';
import type { Within } from '../../ports/probe.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import type { Gauge } from '../../ports/telemetry.ts';
import type { Deps } from '../deps.ts';
import { mergeGauges, valuesBy } from './gauges.ts';
import { measureBudgets } from './measure-budgets.ts';
import { measureDeadLetters, measureQueue } from './measure-queues.ts';
import { measureRollouts } from './measure-rollouts.ts';
import { measureSweeps } from './measure-sweeps.ts';

/** One thing that is read for itself: what cannot be read costs nothing but its own figures. */
interface Part {
  readonly name: string;
  readonly measure: () => Promise<readonly Gauge[]>;
}

/**
 * The figures of the installation (docs/telemetry.md), read from what is stored and from the queues: as a rule four queries of tables, a
 * point read for each active rollout and eight peeks; at most eight queries (more pages beyond 500 subscriptions), a hundred point reads and
 * 36 peeks. Parts that cannot be read, or not in time, are left out; `flotilla.measure.failed` and the log say which.
 */
export async function measureFleet(deps: Deps, watch: QueueWatch, within: Within): Promise<readonly Gauge[]> {
  const measured = await Promise.all(partsOf(deps, watch).map((part) => measurePart(deps, part, within)));
  const failed = Object.fromEntries(measured.map(({ name, gauges }) => [name, gauges === undefined ? 1 : 0]));
  return mergeGauges([
    ...measured.flatMap(({ gauges }) => gauges ?? []),
    {
      name: 'flotilla.measure.failed',
      help: '1 for what could not be measured, and so is missing among these figures.',
      unit: '{part}',
      values: valuesBy('part', failed),
    },
  ]);
}

function partsOf(deps: Deps, watch: QueueWatch): readonly Part[] {
  return [
    { name: 'rollouts', measure: () => measureRollouts(deps) },
    { name: 'sweeps', measure: () => measureSweeps(deps) },
    { name: 'budgets', measure: () => measureBudgets(deps) },
    { name: 'dead letters', measure: () => measureDeadLetters(watch, REQUESTS_QUEUE) },
    ...QUEUES.map(({ name }) => ({
      name: `queue ${name}`,
      measure: () => measureQueue(watch, name, deps.clock.now()),
    })),
  ];
}

async function measurePart(
  { log }: Deps,
  { name, measure }: Part,
  within: Within,
): Promise<{ readonly name: string; readonly gauges: readonly Gauge[] | undefined }> {
  try {
    // Once more: a connection that was idle for a minute may be closed by the other side just as it is used.
    return { name, gauges: await within(measure().catch(measure)) };
  } catch (error) {
    log.warn('figures could not be measured', { part: name, error });
    return { name, gauges: undefined };
  }
}
