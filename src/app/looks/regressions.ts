import pLimit from 'p-limit';
import { clusterKey } from '../../contracts/cluster-id.ts';
import type { ResultRow } from '../../contracts/cluster-rows.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import { GRAPH_IDS_MAX, TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import type { Regression } from '../../core/rollout/draft.ts';
import { looksGood } from '../../core/rollout/looks.ts';
import type { OrdinalRange } from '../../ports/rollout-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { GRAPH_POOL, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { readCluster } from './read-cluster.ts';

const READS_AT_ONCE = 16;
/** Suspects read by GET in one look; more wait for the next look, and the stage with them. */
const SUSPECTS_MAX = 100;

export interface RegressionLook {
  readonly regressions: readonly Regression[];
  readonly versions: ReadonlyMap<number, string>;
  /** False when not everything suspect could be read: the look is no proof that the rest is good. */
  readonly complete: boolean;
}

/**
 * Finds clusters that succeeded and are not good any more (product, "Soak"). Suspect is whatever Resource Graph does not
 * show as good, missing ones too; a GET convicts. Undefined when the query budget is used up now.
 */
export async function lookForRegressions(
  deps: Deps,
  rollout: Rollout,
  configuration: Configuration,
  range: OrdinalRange,
): Promise<RegressionLook | undefined> {
  if ((await reserve(deps, GRAPH_POOL, 1, 0)).length === 0) return undefined;
  const good = await readGood(deps, rollout, configuration, range);
  const suspects = await findSuspects(deps, rollout.id, range, good);
  const limit = pLimit(READS_AT_ONCE);
  const readable = suspects.slice(0, SUSPECTS_MAX);
  const read = await Promise.all(readable.map((suspect) => limit(() => convict(deps, configuration, suspect.value))));
  return {
    regressions: read.flatMap((one) => (typeof one === 'object' ? one : [])),
    versions: new Map(suspects.map(({ value, version }) => [value.ordinal, version])),
    complete: suspects.length <= SUSPECTS_MAX && !read.includes('unread'),
  };
}

/** Keys of the clusters that Resource Graph shows as good; a small range is asked for by name. */
async function readGood(
  deps: Deps,
  rollout: Rollout,
  configuration: Configuration,
  range: OrdinalRange,
): Promise<ReadonlySet<string>> {
  const isSmall = range.to - range.from < GRAPH_IDS_MAX;
  const targets = isSmall ? await deps.store.targets(rollout.id, range) : [];
  const { commit } = configuration.gitRepository.repositoryRef;
  const good = new Set<string>();
  const pages = deps.graph.configurations({
    name: configuration.name,
    subscriptions: deps.subscriptions,
    ...(isSmall && { clusterIds: targets.map(({ clusterId }) => clusterId) }),
  });
  for await (const page of pages) {
    for (const status of page) if (looksGood(status, commit)) good.add(clusterKey(status.clusterId));
  }
  return good;
}

/** Result rows of the range that say "good" although Resource Graph does not. */
async function findSuspects(
  { store }: Deps,
  rolloutId: string,
  range: OrdinalRange,
  good: ReadonlySet<string>,
): Promise<Versioned<ResultRow>[]> {
  const suspects: Versioned<ResultRow>[] = [];
  for (let from = range.from; from <= range.to && suspects.length <= SUSPECTS_MAX; from += TARGETS_PER_PAGE) {
    const rows = await store.results(rolloutId, { from, to: Math.min(range.to, from + TARGETS_PER_PAGE - 1) });
    suspects.push(...rows.filter(({ value }) => wasGood(value) && !good.has(clusterKey(value.clusterId))));
  }
  return suspects;
}

function wasGood({ outcome, regressed }: ResultRow): boolean {
  return regressed === undefined && (outcome.verdict === 'Succeeded' || outcome.verdict === 'Unchanged');
}

async function convict(
  deps: Deps,
  configuration: Configuration,
  row: ResultRow,
): Promise<Regression | 'good' | 'unread'> {
  const reading = await readCluster(deps, configuration, row.clusterId, {
    wrote: false,
    writtenAt: row.outcome.at,
    unmistakable: false,
  });
  switch (reading.state) {
    case 'bad':
    case 'gone':
      return { row, code: reading.code, detail: reading.detail };
    case 'undecided':
      // Reconciling again is normal; being on another revision is not, since this one was proven before.
      return reading.code === 'OtherRevision' ? { row, code: reading.code, detail: reading.detail } : 'good';
    case 'good':
      return 'good';
    case 'unread':
      return 'unread';
  }
}
