import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import type { Cluster } from '../../local/azure/fleet/cluster.ts';
import { MANAGED } from '../../local/azure/ids.ts';
import { startAzure, type Azure } from '../../local/azure/server.ts';
import { createArm } from '../../src/adapters/arm/arm.ts';
import { createLocalCredential } from '../../src/adapters/arm/local-credential.ts';
import { createGraph } from '../../src/adapters/resourcegraph/graph.ts';
import { armSuite } from './arm.ts';
import { CONVERGED_MS, type AzureWorld, type Trouble } from './azure-world.ts';
import { graphSuite } from './graph.ts';

const FAULTS: Readonly<Record<Trouble, string>> = {
  throttled: 'throttled',
  conflict: 'conflict',
  unavailable: 'unavailable',
  lostAnswer: 'timeoutAfter',
};

/** The real adapters, over real sockets, against the simulated Azure. */
async function open(): Promise<AzureWorld> {
  const clock = new ManualClock();
  const fleet = {
    clusters: 40,
    subscriptions: 1,
    brokenClusters: 0,
    offlineClusters: 1,
    fluxV1Clusters: 1,
    extensionShare: 0.5,
  };
  const azure = await startAzure({ clock, port: 0, fleet });
  const { endpoint } = azure;
  const credential = createLocalCredential();
  const clusters = choose(azure);
  makeServicePrincipal(azure, clusters.servicePrincipal);
  clock.advance(CONVERGED_MS);
  return {
    arm: createArm({ endpoint, credential, clock }),
    graph: createGraph({ endpoint, credential, clock }),
    clusters,
    letTimePass: (ms) => clock.advance(ms),
    failNext: async (trouble) => {
      const body = JSON.stringify({ rules: [{ kind: FAULTS[trouble], probability: 1, times: 1 }] });
      const { ok } = await fetch(`${endpoint}/admin/faults`, { method: 'PUT', body });
      if (!ok) throw new Error('the simulated Azure refused the fault');
    },
    close: () => azure.close(),
  };
}

function choose({ fleet }: Azure): AzureWorld['clusters'] {
  const online = fleet.clusters.filter((cluster) => cluster.offlineSinceMs === undefined && !cluster.stopped);
  const [ready, other] = online.filter(({ extensions }) => extensions.size > 0);
  const legacy = online.find(({ sourceControlConfigurations }) => sourceControlConfigurations.size > 0);
  const [bare, servicePrincipal] = online.filter(({ extensions, type }) => extensions.size === 0 && type === MANAGED);
  const offline = fleet.clusters.find((cluster) => cluster.offlineSinceMs !== undefined);
  const id = (cluster: Cluster | undefined): string => cluster!.id;
  return {
    ...{ ready: id(ready), other: id(other), bare: id(bare), offline: id(offline), legacy: id(legacy) },
    servicePrincipal: id(servicePrincipal),
    absent: `${id(ready)}-absent`,
  };
}

function makeServicePrincipal({ fleet }: Azure, clusterId: string): void {
  const cluster = fleet.find(clusterId)!;
  cluster.identityType = undefined;
  fleet.observer!.clusterChanged(cluster);
}

describe('Azure adapters against the simulated Azure', () => {
  armSuite(open);
  graphSuite(open);
});
