import type { WorldCluster } from './azure-cluster.ts';

/** What the agents of a world need of it. */
export interface WorldHost {
  now(): number;
  cluster(clusterId: string): WorldCluster | undefined;
  /** Makes this the present state of the cluster. */
  save(cluster: WorldCluster): void;
  /** Runs a task of this incarnation of the cluster; while it is not connected, the task waits. */
  later(cluster: WorldCluster, delayMs: number, task: () => void): void;
  /** The next generation: every accepted write has one of its own. */
  nextGeneration(): number;
  /** True where the subscription may use the provider of configurations and extensions. */
  mayCreate(cluster: WorldCluster): boolean;
}
