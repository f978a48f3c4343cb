import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { startAzure } from '../../local/azure/server.ts';
import { createLocalCredential } from '../../src/adapters/arm/local-credential.ts';
import { createActivityLog } from '../../src/adapters/monitor/activity-log.ts';
import { activityLogSuite, type ActivityWorld } from './activity-log.ts';

const CONFIGURATION = {
  namespace: 'shop',
  sourceKind: 'GitRepository',
  gitRepository: { url: 'https://git.example/org/shop', repositoryRef: { branch: 'main' } },
  kustomizations: { apps: { path: './apps' } },
};

/** The real adapter, over real sockets, against the simulated Azure. */
async function open(): Promise<ActivityWorld> {
  const clock = new ManualClock();
  const fleet = { clusters: 8, subscriptions: 2, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 };
  const azure = await startAzure({ clock, port: 0, fleet });
  const { endpoint } = azure;
  const [first] = azure.fleet.clusters;
  const second = azure.fleet.clusters.find(({ subscriptionId }) => subscriptionId !== first!.subscriptionId);
  const edit = async (cluster: string, name: string, by: string, change: object): Promise<void> => {
    const body = JSON.stringify({ cluster: cluster.split('/').at(-1), configuration: name, by, ...change });
    const response = await fetch(`${endpoint}/admin/edits`, { method: 'POST', body });
    if (!response.ok) throw new Error(`the simulated Azure refused the edit: ${await response.text()}`);
  };
  return {
    log: createActivityLog({ endpoint, credential: createLocalCredential(), clock }),
    clusters: [first!.id, second!.id],
    now: () => clock.now(),
    letTimePass: (ms) => clock.advance(ms),
    write: (cluster, name, by) => edit(cluster, name, by, { create: CONFIGURATION }),
    remove: (cluster, name, by) => edit(cluster, name, by, { delete: true }),
    close: () => azure.close(),
  };
}

describe('activity log of Azure Monitor against the simulated Azure', () => activityLogSuite(open));
