import { END_STATUSES, hasEnded, RolloutStatus, type Rollout, type StageState } from '../../contracts/rollout-state.ts';
import type { Gauge } from '../../ports/telemetry.ts';
import type { Deps } from '../deps.ts';
import { totals } from '../read/rollout-view.ts';
import { only, valuesBy } from './gauges.ts';

/** Active rollouts of which the header is read, and stages of which the age is told. Ours: each is one read, and one series. */
const HEADERS_MAX = 100;
const STAGES_MAX = 100;

/** One query, and a point read for each active rollout. */
export async function measureRollouts({ index, store, clock }: Deps): Promise<readonly Gauge[]> {
  const { rollouts } = await index.active();
  const read = rollouts.slice(0, HEADERS_MAX);
  const headers = await Promise.all(read.map(({ rolloutId }) => store.header(rolloutId)));
  const found = headers.flatMap((header) => header?.value ?? []);
  return rolloutGauges(found, rollouts.length - read.length, clock.now());
}

/** What the headers of the active rollouts say; those beyond the ones that are read are told as `NotRead`. */
export function rolloutGauges(found: readonly Rollout[], notRead: number, now: number): readonly Gauge[] {
  const active = found.filter(({ status }) => !hasEnded(status));
  return [
    {
      name: 'flotilla.rollouts',
      help: 'Rollouts that have not ended, by status.',
      unit: '{rollout}',
      values: valuesBy('status', byStatus(active, notRead)),
    },
    {
      name: 'flotilla.rollout.clusters',
      help: 'Clusters of the rollouts that have not ended, by how far they are.',
      unit: '{cluster}',
      values: valuesBy('state', byState(active)),
    },
    {
      name: 'flotilla.rollout.overdue',
      help: 'How late the rollout is that should have been advanced longest ago; 0 when none is late.',
      unit: 's',
      values: only(Math.max(0, ...active.map(({ nextCheckAt }) => (now - nextCheckAt) / 1000))),
    },
    {
      name: 'flotilla.stage.age',
      help: 'How long the present stage of a rollout has been in its phase.',
      unit: 's',
      values: active.flatMap((rollout) => stageAges(rollout, now)).slice(0, STAGES_MAX),
    },
  ];
}

function byStatus(active: readonly Rollout[], notRead: number): Record<string, number> {
  const statuses = RolloutStatus.options.filter((status) => !END_STATUSES.includes(status));
  const counts = statuses.map((one) => [one, active.filter(({ status }) => status === one).length] as const);
  return { ...Object.fromEntries(counts), ...(notRead > 0 && { NotRead: notRead }) };
}

/** In the words of the list of clusters (`GET /api/rollouts/{id}/clusters`). */
function byState(active: readonly Rollout[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const rollout of active) {
    const { notStarted: NotStarted, inFlight: InFlight, waitedFor: Waiting, ...verdicts } = totals(rollout);
    for (const [state, count] of Object.entries({ NotStarted, InFlight, Waiting, ...verdicts })) {
      sum[state] = (sum[state] ?? 0) + count;
    }
  }
  return sum;
}

function stageAges({ id, stages }: Rollout, now: number): Gauge['values'] {
  return stages.filter(isUnderWay).map(({ name, phase, phaseSince }) => ({
    attributes: { rollout: id, stage: name, phase },
    value: (now - phaseSince) / 1000,
  }));
}

function isUnderWay({ phase }: StageState): boolean {
  return phase !== 'Pending' && phase !== 'Done';
}
