import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { startAzure } from '../../local/azure/server.ts';
import { createLocalCredential } from '../../src/adapters/arm/local-credential.ts';
import { createPolicy } from '../../src/adapters/policy/policy.ts';
import { policySuite } from './policy.ts';
import { EXTENSION, type PolicyWorld } from './policy-world.ts';

/** Longer than an assignment takes to be evaluated, and than a remediation takes. */
const SETTLED_MS = 60 * 60_000;

/** The real adapter, over real sockets, against the simulated Azure. */
async function open(size = { clusters: 20, subscriptions: 2 }): Promise<PolicyWorld> {
  const clock = new ManualClock();
  const fleet = { ...size, brokenClusters: 0, offlineClusters: 0, fluxV1Clusters: 0, extensionShare: 0 };
  const azure = await startAzure({ clock, port: 0, fleet });
  const { endpoint } = azure;
  const subscriptions = [...new Set(azure.fleet.clusters.map(({ subscriptionId }) => subscriptionId))];
  const [first, second] = azure.fleet.clusters.filter(
    ({ subscriptionId, id }) => subscriptionId === subscriptions[0] && /connectedClusters/i.test(id),
  );
  return {
    policy: createPolicy({ endpoint, credential: createLocalCredential(), clock }),
    subscriptions: [subscriptions[0]!, subscriptions[1] ?? ''],
    clusters: [first!.id, second!.id],
    managementGroup: '/providers/Microsoft.Management/managementGroups/fleet',
    assign: async (assigned) => {
      const response = await fetch(`${endpoint}/admin/policies`, { method: 'PUT', body: JSON.stringify(assigned) });
      const body = (await response.json()) as { id: string };
      if (!response.ok) throw new Error(`the simulated Azure refused the assignment: ${JSON.stringify(body)}`);
      return body.id;
    },
    settle: () => clock.advance(SETTLED_MS),
    close: () => azure.close(),
  };
}

describe('Policy adapter against the simulated Azure', () => {
  policySuite(() => open());

  it('reads more states than fit on a page', async () => {
    const world = await open({ clusters: 1100, subscriptions: 1 });
    const { policy, subscriptions, managementGroup, assign, settle } = world;
    const assignment = await assign({ name: 'all', scope: managementGroup, definition: EXTENSION });
    settle();
    const seen = new Set<string>();
    const sizes: number[] = [];
    for await (const page of policy.nonCompliant(subscriptions[0], assignment)) {
      sizes.push(page.length);
      for (const { resourceId } of page) seen.add(resourceId.toLowerCase());
    }
    expect(sizes).toHaveLength(2);
    expect(seen.size).toBe(sizes[0]! + sizes[1]!);
    expect(seen.size).toBeGreaterThan(1000);
    await world.close();
  });
});
