import { SnapshotState, type ComplianceCounts } from '../../contracts/compliance.ts';
import type { Gauge } from '../../ports/telemetry.ts';
import type { Deps } from '../deps.ts';
import { findSweeps, sweepCounts } from '../read/compliance-sweeps.ts';
import { only, valuesBy } from './gauges.ts';

/** Sweeps that are looked through for a complete one. Ours: figures that are older than this many hours are none of now. */
const SWEEPS_MAX = 5;

/** One query for the list, and one for each sweep until a complete one: two as a rule, six at most. */
export async function measureSweeps(deps: Deps): Promise<readonly Gauge[]> {
  const { newest, complete } = await findSweeps(deps, await deps.compliance.listSweeps(SWEEPS_MAX));
  return sweepGauges(newest?.sweep.startedAt, complete && sweepCounts(complete), deps.clock.now());
}

/** Without any sweep there is nothing to tell; without a complete one, only how old the newest is. */
export function sweepGauges(
  startedAt: number | undefined,
  counts: ComplianceCounts | undefined,
  now: number,
): readonly Gauge[] {
  const age: Gauge = {
    name: 'flotilla.sweep.age',
    help: 'How long ago the newest sweep began.',
    unit: 's',
    values: only(startedAt === undefined ? undefined : (now - startedAt) / 1000),
  };
  if (counts === undefined) return [age];
  const zeroes = Object.fromEntries(SnapshotState.options.map((state) => [state, 0]));
  return [
    age,
    {
      name: 'flotilla.fleet.clusters',
      help: 'Clusters by the worst state on them, as the last complete sweep saw them.',
      unit: '{cluster}',
      values: valuesBy('state', { ...zeroes, ...counts.clustersByState }),
    },
    {
      name: 'flotilla.fleet.subjects',
      help: 'Configurations and extensions by state, as the last complete sweep saw them.',
      unit: '{subject}',
      values: valuesBy('state', { ...zeroes, ...counts.byState }),
    },
    {
      name: 'flotilla.fleet.drifting',
      help: 'Clusters with any drift, as the last complete sweep saw them.',
      unit: '{cluster}',
      values: only(counts.drifting),
    },
  ];
}
