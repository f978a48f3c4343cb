import { describe, test } from 'vitest';
import type { FluxConfiguration } from '../../local/azure/fleet/cluster.ts';
import type { FleetObserver } from '../../local/azure/fleet/fleet.ts';
import { CONNECTED } from '../../local/azure/ids.ts';
import type { LocalCloud } from '../../local/up/cloud.ts';
import { sharedCloud, soundClusters } from './support/cloud.ts';
import { configurationWrites } from './support/journal.ts';
import { COMMIT_A, COMMIT_B, requestOf } from './support/requests.ts';

const shared = sharedCloud({
  speed: 40,
  fleet: { clusters: 30, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
});

/**
 * From now on the agent of this cluster falls silent at the moment at which it has accepted a new write: ARM then shows
 * `Succeeded` for the write, and beside it the compliance, commit and statuses of the revision before.
 */
function silenceAfterAccept(cloud: LocalCloud, clusterId: string, name: string): void {
  const { fleet } = cloud.azure;
  const observer = fleet.observer!;
  fleet.observer = new Proxy(observer, {
    get: (target, property: keyof FleetObserver) => {
      if (property !== 'configurationChanged') return target[property].bind(target);
      return (cluster: Parameters<FleetObserver['configurationChanged']>[0], configuration: FluxConfiguration) => {
        const isAccepted = configuration.provisioningState === 'Succeeded' && configuration.generation > 1;
        if (cluster.id === clusterId && configuration.name === name && isAccepted) {
          cluster.offlineSinceMs ??= cloud.clock.now();
        }
        target.configurationChanged(cluster, configuration);
      };
    },
  });
}

/** First rollout everywhere, then a second one that the first stage's agent accepts and never carries out. */
const CASES = [
  { name: 'stale-pinned', slice: 0, before: { commit: COMMIT_A }, after: { commit: COMMIT_B } },
  // The branch stands still, so that even the commit of the revision before is the one that is wanted.
  { name: 'stale-branch', slice: 3, before: { path: './v1' }, after: { path: './v2' } },
  {
    name: 'stale-path',
    slice: 6,
    before: { commit: COMMIT_A, path: './v1' },
    after: { commit: COMMIT_A, path: './v2' },
  },
] as const;

describe.concurrent('stale evidence', () => {
  test.for(CASES)(
    'a stale Compliant of the previous revision never passes a stage: $name',
    async ({ name, slice, before, after }, { expect }) => {
      const { api, cloud } = shared;
      const [canary = '', ...others] = soundClusters(cloud, ({ type }) => type === CONNECTED).slice(slice, slice + 3);
      const stages = [
        { name: 'canary', ids: [canary] },
        { name: 'rest', ids: others },
      ];
      const first = await api.submit(requestOf({ name, stages, ...before }));
      expect(await api.until(first.body.id, ({ endedAt }) => endedAt !== undefined)).toMatchObject({
        status: 'Succeeded',
      });
      const writesOfFirst = configurationWrites(cloud, name).length;
      silenceAfterAccept(cloud, canary, name);

      const second = await api.submit(requestOf({ name, stages, ...after, strategy: { progressDeadline: '4m' } }));
      const halted = await api.untilStatus(second.body.id, 'Halted');

      const shown = cloud.azure.fleet.find(canary)!.configurations.get(name)!;
      expect(shown).toMatchObject({ provisioningState: 'Succeeded', status: { complianceState: 'Compliant' } });
      expect(halted.status).toBe('Halted');
      const clusters = await api.clusters(second.body.id);
      expect(clusters.map(({ stage, state }) => [stage, state])).toEqual([
        ['canary', 'TimedOut'],
        ['rest', 'NotStarted'],
        ['rest', 'NotStarted'],
      ]);
      const writes = configurationWrites(cloud, name).slice(writesOfFirst);
      expect(writes.map(({ cluster }) => cluster)).toEqual([canary.toLowerCase()]);
    },
  );
});
