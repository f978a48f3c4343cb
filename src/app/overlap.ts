import { clusterKey } from '../contracts/cluster-id.ts';
import type { Target } from '../contracts/cluster-rows.ts';
import { Refusal } from '../contracts/errors.ts';
import { TARGETS_PER_PAGE } from '../contracts/limits.ts';
import { hasEnded } from '../contracts/rollout-state.ts';
import { describeSubject } from '../core/change/actions.ts';
import type { ActiveRollout } from '../ports/rollout-index.ts';
import type { Deps } from './deps.ts';

/** A rollout that is announced but has no header for this long was never finished. */
export const CREATION_MS_MAX = 60_000;

/** An active rollout that writes the same configuration (or the extension) on some of the same clusters. */
export interface Overlap {
  readonly rolloutId: string;
  readonly subject: string;
  readonly clusters: number;
  readonly example: string;
}

/** Finds the first active rollout that shares a (cluster, subject) with these targets (product, "One writer"). */
export async function findOverlap(
  deps: Deps,
  active: readonly ActiveRollout[],
  subjects: readonly string[],
  targets: readonly Target[],
): Promise<Overlap | undefined> {
  const mine = new Set(targets.map(({ clusterId }) => clusterKey(clusterId)));
  for (const other of active) {
    const subject = other.subjects.find((one) => subjects.includes(one));
    if (subject === undefined) continue;
    const shared = await sharedClusters(deps, other, mine);
    if (shared[0] !== undefined)
      return { rolloutId: other.rolloutId, subject, clusters: shared.length, example: shared[0] };
  }
  return undefined;
}

async function sharedClusters(deps: Deps, other: ActiveRollout, mine: ReadonlySet<string>): Promise<string[]> {
  const header = await deps.store.header(other.rolloutId);
  if (header === undefined) {
    if (deps.clock.now() - other.createdAt > CREATION_MS_MAX) return [];
    const detail = `Rollout ${other.rolloutId} of the same configuration is just being submitted. Send the request again in a few seconds.`;
    throw new Refusal(409, 'RolloutBeingSubmitted', detail);
  }
  if (hasEnded(header.value.status)) return [];
  const shared: string[] = [];
  for (let from = 0; from < header.value.targets; from += TARGETS_PER_PAGE) {
    const page = await deps.store.targets(other.rolloutId, { from, to: from + TARGETS_PER_PAGE - 1 });
    shared.push(...page.map(({ clusterId }) => clusterId).filter((id) => mine.has(clusterKey(id))));
  }
  return shared;
}

export function refuseOverlap({ rolloutId, subject, clusters, example }: Overlap): Refusal {
  const detail = `Rollout ${rolloutId} is at work with ${describeSubject(subject)} on ${clusters} of these clusters, such as ${example}. Wait for its end, or cancel it.`;
  return new Refusal(409, 'OverlappingRollout', detail, [
    { field: 'target.selector', code: 'OverlappingRollout', detail },
  ]);
}
