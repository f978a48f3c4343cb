import type { Gauge } from '../../ports/telemetry.ts';
import type { Deps } from '../deps.ts';
import type { FleetFigures } from './fleet-figures.ts';

/** Quotas in one log line. Ours: a line of Application Insights has 32,768 characters, and the fullest are what matters. */
const BUDGETS_LOGGED_MAX = 10;

/** Hands the figures to whoever collects telemetry, and logs them in one line, which alerts and the workbook read. */
export async function publishFigures({ telemetry, log }: Deps, figures: FleetFigures): Promise<void> {
  const gauges = await figures.read();
  telemetry.gauges(gauges);
  log.info('fleet measured', {
    rollouts: byAttribute(gauges, 'flotilla.rollouts', 'status'),
    clusters: byAttribute(gauges, 'flotilla.rollout.clusters', 'state'),
    overdueSeconds: single(gauges, 'flotilla.rollout.overdue'),
    sweepAgeSeconds: single(gauges, 'flotilla.sweep.age'),
    fleet: byAttribute(gauges, 'flotilla.fleet.clusters', 'state'),
    drifting: single(gauges, 'flotilla.fleet.drifting'),
    budgets: fullestBudgets(gauges),
    queues: byAttribute(gauges, 'flotilla.queue.oldest.age', 'queue'),
    deadLetters: single(gauges, 'flotilla.dead.letters'),
    failed: valuesOf(gauges, 'flotilla.measure.failed').flatMap(({ attributes, value }) =>
      value > 0 ? [attributes['part']] : [],
    ),
  });
}

function valuesOf(gauges: readonly Gauge[], name: string): Gauge['values'] {
  return gauges.find((gauge) => gauge.name === name)?.values ?? [];
}

function single(gauges: readonly Gauge[], name: string): number | undefined {
  return valuesOf(gauges, name)[0]?.value;
}

function byAttribute(gauges: readonly Gauge[], name: string, attribute: string): Record<string, number> {
  return Object.fromEntries(
    valuesOf(gauges, name).map(({ attributes, value }) => [String(attributes[attribute]), value]),
  );
}

function fullestBudgets(gauges: readonly Gauge[]): readonly object[] {
  return valuesOf(gauges, 'flotilla.budget.used')
    .toSorted((left, right) => right.value - left.value)
    .slice(0, BUDGETS_LOGGED_MAX)
    .map(({ attributes, value }) => ({ ...attributes, used: value }));
}
