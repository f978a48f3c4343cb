import { afterAll, beforeAll } from 'vitest';
import { startLocalCloud, type LocalCloud, type LocalCloudOptions } from '../../../local/up/cloud.ts';
import type { Cluster as FleetCluster } from '../../../local/azure/fleet/cluster.ts';
import { Api } from './api.ts';

/** One local cloud for all tests of a file. */
export interface Shared {
  readonly cloud: LocalCloud;
  readonly api: Api;
  /** What the Functions host said; for the message of a test that fails. */
  readonly log: string[];
}

/** Starts a local cloud before the tests of the calling file, and ends it after them. */
export function sharedCloud(options: Omit<LocalCloudOptions, 'log'>): Shared {
  const log: string[] = [];
  let cloud: LocalCloud | undefined;
  beforeAll(async () => {
    cloud = await startLocalCloud({ ...options, log: (line) => log.push(line) });
  }, 120_000);
  afterAll(() => cloud?.stop(), 30_000);
  return {
    log,
    get cloud() {
      if (cloud === undefined) throw new Error('The local cloud is there once the tests run.');
      return cloud;
    },
    get api() {
      return new Api(this.cloud.endpoints.api);
    },
  };
}

/** Waits until local time has moved on by so much. */
export async function localTime({ clock }: LocalCloud, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(ms, resolve));
}

/** Ids of clusters of the fleet that answer, whose extension works and on which Flux works. */
export function soundClusters({ azure }: LocalCloud, fits: (cluster: FleetCluster) => boolean = () => true): string[] {
  return azure.fleet.clusters
    .filter(
      (cluster) =>
        cluster.failure === undefined &&
        cluster.offlineSinceMs === undefined &&
        !cluster.stopped &&
        cluster.extensions.size > 0 &&
        fits(cluster),
    )
    .map(({ id }) => id);
}
