import { clusterKey } from '../../contracts/cluster-id.ts';
import type { WorldCluster } from './azure-cluster.ts';

/** One moment of one cluster; undefined while it does not exist. */
interface Moment {
  readonly at: number;
  readonly cluster: WorldCluster | undefined;
}

/** How far back `seenAt` can look. Longer lags than this are never asked for. */
const REMEMBERED_MS = 30 * 60_000;

/** What every cluster of a world was like, so that Resource Graph can answer with the past. Times are milliseconds. */
export class WorldHistory {
  readonly #moments = new Map<string, Moment[]>();

  remember(clusterId: string, at: number, cluster: WorldCluster | undefined): void {
    const key = clusterKey(clusterId);
    const moments = this.#moments.get(key) ?? [];
    moments.push({ at, cluster });
    while ((moments[1]?.at ?? Infinity) < at - REMEMBERED_MS) moments.shift();
    this.#moments.set(key, moments);
  }

  /** Keys of every cluster that ever was, sorted. */
  keys(): string[] {
    return [...this.#moments.keys()].sort();
  }

  seenAt(clusterId: string, at: number): WorldCluster | undefined {
    return this.#moments.get(clusterKey(clusterId))?.findLast((moment) => moment.at <= at)?.cluster;
  }

  /** Every state the cluster was in since a time, the one it was in at that time first. */
  since(clusterId: string, at: number): (WorldCluster | undefined)[] {
    const moments = this.#moments.get(clusterKey(clusterId)) ?? [];
    const first = moments.findLastIndex((moment) => moment.at <= at);
    return moments.slice(Math.max(0, first)).map(({ cluster }) => cluster);
  }
}
