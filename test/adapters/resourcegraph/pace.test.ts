import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAzure, type Azure } from '../../../local/azure/server.ts';
import { ScaledClock } from '../../../local/clock.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { createGraph } from '../../../src/adapters/resourcegraph/graph.ts';

const SPEED = 2;
const clock = new ScaledClock(SPEED);
let azure: Azure;

beforeAll(async () => {
  azure = await startAzure({ clock, port: 0, fleet: { clusters: 20_000, subscriptions: 2 } });
});
afterAll(() => azure.close());

test('a fleet of more pages than the quota holds is read whole, without a 429', async () => {
  const graph = createGraph({ endpoint: azure.endpoint, credential: createLocalCredential(), clock, speed: SPEED });
  const subscriptions = azure.fleet.subscriptions.map(({ id }) => id);
  const ids = new Set<string>();
  for await (const page of graph.clusters(subscriptions)) for (const { id } of page) ids.add(id);
  expect(ids.size).toBe(20_000);
  expect(azure.metrics.graphThrottled).toBe(0);
});
