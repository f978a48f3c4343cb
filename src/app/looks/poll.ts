import pLimit from 'p-limit';
import { clusterKey } from '../../contracts/cluster-id.ts';
import type { LiveRow } from '../../contracts/cluster-rows.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import { isOverdue, isWorthReading, type Looks } from '../../core/rollout/looks.ts';
import { sighted, type Sighting } from '../../core/rollout/sightings.ts';
import type { ConfigurationStatus } from '../../ports/graph.ts';
import { GRAPH_POOL, readsOf, reserve, subscriptionOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { readCluster, sightingOf, timedOut } from './read-cluster.ts';
import { judgeUnreachable } from './unreachable.ts';

/** GETs of one look at once. Ours: keeps one handler from hogging the connection pool. */
const READS_AT_ONCE = 16;
/** GETs of one look in all: the rest comes with the next look. */
const READS_MAX = 150;
/** How long after its deadline a cluster that cannot be read is given up. */
const UNREAD_GRACE_MS = 300_000;

/** Looks at the clusters that await evidence: pages of Resource Graph as hints, a GET for each verdict (law 6). */
export async function pollAwaiting(deps: Deps, configuration: Configuration, looks: Looks): Promise<Sighting[]> {
  const now = deps.clock.now();
  const hints = looks.byGraph
    ? await readHints(deps, configuration, looks.awaiting)
    : new Map<string, ConfigurationStatus>();
  const { commit } = configuration.gitRepository.repositoryRef;
  const hinted = looks.awaiting.filter((row) => {
    const hint = hints.get(clusterKey(row.target.clusterId));
    return hint !== undefined && isWorthReading(row, hint, commit, now);
  });
  const rows = await withinBudget(deps, [...new Set([...hinted, ...looks.mustRead])].slice(0, READS_MAX));
  const limit = pLimit(READS_AT_ONCE);
  const seen = await Promise.all(rows.map((row) => limit(() => look(deps, configuration, row))));
  return judgeUnreachable(
    deps,
    looks.awaiting,
    seen.flatMap((sighting) => sighting ?? []),
  );
}

async function look(deps: Deps, configuration: Configuration, row: LiveRow): Promise<Sighting | undefined> {
  const { wrote, writtenAt = row.since, unmistakable = false } = row;
  const reading = await readCluster(deps, configuration, row.target.clusterId, { wrote, writtenAt, unmistakable });
  const now = deps.clock.now();
  if (reading.state === 'unread' && row.deadlineAt !== undefined && now >= row.deadlineAt + UNREAD_GRACE_MS) {
    return { ...sighted(row), kind: 'outcome', outcome: timedOut('CouldNotBeRead', reading.detail, now) };
  }
  return sightingOf(row, reading, isOverdue(row, now), now);
}

async function readHints(
  deps: Deps,
  configuration: Configuration,
  rows: readonly LiveRow[],
): Promise<ReadonlyMap<string, ConfigurationStatus>> {
  const hints = new Map<string, ConfigurationStatus>();
  const wanted = new Set(rows.map(({ target }) => clusterKey(target.clusterId)));
  if ((await reserve(deps, GRAPH_POOL, 1, 0)).length === 0) return hints;
  const pages = deps.graph.configurations({
    name: configuration.name,
    subscriptions: [...new Set(rows.map(({ target }) => subscriptionOf(target.clusterId)))],
    reportedSince: Math.min(...rows.map((row) => (row.wrote ? (row.writtenAt ?? row.since) : 0))),
  });
  for await (const page of pages) {
    for (const status of page) {
      const key = clusterKey(status.clusterId);
      if (wanted.has(key)) hints.set(key, status);
    }
  }
  return hints;
}

/** The rows whose subscription still has a read to give now. */
async function withinBudget(deps: Deps, rows: readonly LiveRow[]): Promise<LiveRow[]> {
  const bySubscription = Map.groupBy(rows, ({ target }) => subscriptionOf(target.clusterId));
  const granted: LiveRow[] = [];
  for (const group of bySubscription.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const slots = await reserve(deps, readsOf(first.target.clusterId), group.length, 0);
    granted.push(...group.slice(0, slots.length));
  }
  return granted;
}
