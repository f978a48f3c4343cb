import { expect, test } from 'vitest';
import { startAzure } from '../../../local/azure/server.ts';
import { ManualClock } from '../../../local/clock.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { MemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createGraph } from '../../../src/adapters/resourcegraph/graph.ts';
import { clusterKey } from '../../../src/contracts/cluster-id.ts';
import { collect } from './set-up.ts';

test('a fleet of several pages is read whole: every cluster once, with its own extension', async () => {
  const clock = new ManualClock();
  const azure = await startAzure({ clock, port: 0, fleet: { clusters: 2300, subscriptions: 3, stoppedClusters: 2 } });
  const { endpoint, fleet } = azure;
  const telemetry = new MemoryTelemetry();
  const graph = createGraph({ endpoint, credential: createLocalCredential(), clock, telemetry });
  const found = await collect(graph.clusters(fleet.subscriptions.map(({ id }) => id)));
  await azure.close();
  const shown = found.map(({ id, extension, location, tags, offline }) => ({ id, extension, location, tags, offline }));
  const expected = fleet.clusters.map(({ id, extensions, location, tags, stopped, offlineSinceMs }) => ({
    ...{ id, location, tags },
    extension: extensions.size === 0 ? 'Missing' : 'Succeeded',
    offline: stopped || offlineSinceMs !== undefined,
  }));
  const byId = (left: { id: string }, right: { id: string }): number =>
    clusterKey(left.id) < clusterKey(right.id) ? -1 : 1;
  expect(shown.sort(byId)).toEqual(expected.sort(byId));
  expect(telemetry.counted).toHaveLength(3);
});
