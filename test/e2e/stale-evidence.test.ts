import { describe, test } from 'vitest';
import type { FleetObserver } from '../../local/azure/fleet/fleet.ts';
import { CONNECTED } from '../../local/azure/ids.ts';
import type { LocalCloud } from '../../local/up/cloud.ts';
import { sharedCloud, soundClusters } from './support/cloud.ts';
import { configurationWrites } from './support/journal.ts';
import { COMMIT_A, COMMIT_B, requestOf } from './support/requests.ts';

const shared = sharedCloud({
  speed: 60,
  fleet: { clusters: 60, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
});

/**
 * From now on the agent of this cluster does nothing more once it has accepted a new write: ARM then shows `Succeeded` for
 * the write, and beside it the compliance, commit and statuses of the revision before. With `heartbeat` it says so once more
 * after the write, as agents do when nothing has changed.
 */
function stopAfterAccept({ azure, clock }: LocalCloud, clusterId: string, name: string, heartbeat: boolean): void {
  const { fleet } = azure;
  const observer = fleet.observer!;
  const configurationChanged: FleetObserver['configurationChanged'] = (cluster, configuration) => {
    const isAccepted = configuration.provisioningState === 'Succeeded' && configuration.generation > 1;
    if (cluster.id === clusterId && configuration.name === name && isAccepted && cluster.offlineSinceMs === undefined) {
      cluster.offlineSinceMs = clock.now();
      if (heartbeat) configuration.status = { ...configuration.status, statusUpdatedAt: fleet.nowIso };
    }
    observer.configurationChanged(cluster, configuration);
  };
  fleet.observer = new Proxy(observer, {
    get: (target, property: keyof FleetObserver) =>
      property === 'configurationChanged' ? configurationChanged : target[property].bind(target),
  });
}

/** First rollout everywhere, then a second one that the first stage's agent accepts and never carries out. */
const CHANGES = [
  { what: 'commit', before: { commit: COMMIT_A }, after: { commit: COMMIT_B } },
  // The branch stands still, so that even the commit of the revision before is the one that is wanted.
  { what: 'branch', before: { path: './v1' }, after: { path: './v2' } },
  { what: 'path', before: { commit: COMMIT_A, path: './v1' }, after: { commit: COMMIT_A, path: './v2' } },
] as const;
const CASES = [false, true].flatMap((heartbeat) =>
  CHANGES.map((change) => ({ ...change, heartbeat, name: `stale-${change.what}${heartbeat ? '-heartbeat' : ''}` })),
);

describe.concurrent('stale evidence', { timeout: 90_000 }, () => {
  test.for(CASES)(
    'a stale Compliant of the previous revision never passes a stage: $name',
    async ({ name, before, after, heartbeat }, { expect }) => {
      const { api, cloud } = shared;
      const first = 3 * CASES.findIndex((one) => one.name === name);
      const [canary = '', ...others] = soundClusters(cloud, ({ type }) => type === CONNECTED).slice(first, first + 3);
      const stages = [
        { name: 'canary', ids: [canary] },
        { name: 'rest', ids: others },
      ];
      const earlier = await api.submit(requestOf({ name, stages, ...before }));
      expect(await api.until(earlier.body.id, ({ endedAt }) => endedAt !== undefined)).toMatchObject({
        status: 'Succeeded',
      });
      const writesOfFirst = configurationWrites(cloud, name).length;
      stopAfterAccept(cloud, canary, name, heartbeat);

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
