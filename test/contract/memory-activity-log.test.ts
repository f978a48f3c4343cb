import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { MemoryActivityLog } from '../../src/adapters/memory/activity-log.ts';
import { activityLogSuite, type ActivityWorld } from './activity-log.ts';

const TYPE = 'Microsoft.KubernetesConfiguration/fluxConfigurations';
const GROUP = '/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/c1';

/** The list of entries, written to by the test as ARM would. */
async function open(): Promise<ActivityWorld> {
  const clock = new ManualClock();
  const log = new MemoryActivityLog();
  const record = (verb: string) => async (cluster: string, name: string, caller: string) => {
    const entry = { resourceId: `${cluster}/providers/${TYPE}/${name}`, caller, operation: `${TYPE}/${verb}` };
    for (const status of ['Started', 'Accepted']) log.entries.push({ ...entry, status, at: clock.now() });
  };
  return {
    log,
    clusters: [
      `/subscriptions/00000000-0000-0000-0000-000000000001${GROUP}`,
      `/subscriptions/00000000-0000-0000-0000-000000000002${GROUP}`,
    ],
    now: () => clock.now(),
    letTimePass: (ms) => clock.advance(ms),
    write: record('write'),
    remove: record('delete'),
    close: async () => undefined,
  };
}

describe('activity log in memory', () => activityLogSuite(open));
