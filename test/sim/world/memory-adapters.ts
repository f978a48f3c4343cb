import { MemoryActivityLog } from '../../../src/adapters/memory/activity-log.ts';
import { MemoryArm } from '../../../src/adapters/memory/arm.ts';
import type { AzureWorld } from '../../../src/adapters/memory/azure-world.ts';
import { MemoryGraph } from '../../../src/adapters/memory/graph.ts';
import { MemoryNotifier } from '../../../src/adapters/memory/notifier.ts';
import { MemorySecrets } from '../../../src/adapters/memory/secrets.ts';
import { createMemoryStores } from '../../../src/adapters/memory/stores.ts';
import { ARM_READS } from '../../../src/core/throttle/budget.ts';
import { SECRETS } from './secrets.ts';
import type { Backends } from './sim-deps.ts';

/** Adapters in memory over the simulated fleet. `armBurst` is the burst of writes that ARM takes, `lagMs` how far Resource Graph lags. */
export function memoryAdapters(
  azure: AzureWorld,
  armBurst: number,
  lagMs: (clusterId: string) => number,
): Pick<Backends, 'stores' | 'arm' | 'graph' | 'secrets' | 'activityLog' | 'notifier'> {
  const { rolloutStore, rolloutIndex, ...stores } = createMemoryStores();
  return {
    stores: { store: rolloutStore, index: rolloutIndex, ...stores },
    arm: new MemoryArm(azure, {
      writes: { capacity: armBurst, refillPerSecond: armBurst === 200 ? 10 : 0.05 },
      reads: ARM_READS,
    }),
    graph: new MemoryGraph(azure, lagMs),
    secrets: new MemorySecrets(SECRETS),
    activityLog: new MemoryActivityLog(),
    notifier: new MemoryNotifier(),
  };
}
