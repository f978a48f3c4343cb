import { describe } from 'vitest';
import { ManualClock } from '../../local/clock.ts';
import { MemoryArm } from '../../src/adapters/memory/arm.ts';
import { AzureWorld as MemoryWorld } from '../../src/adapters/memory/azure-world.ts';
import { MemoryGraph } from '../../src/adapters/memory/graph.ts';
import { armSuite } from './arm.ts';
import { CONVERGED_MS, type AzureWorld } from './azure-world.ts';
import { graphSuite } from './graph.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers';
const arc = (name: string): string => `${GROUP}/Microsoft.Kubernetes/connectedClusters/${name}`;

async function open(): Promise<AzureWorld> {
  const clock = new ManualClock();
  const world = new MemoryWorld(clock);
  const clusters = {
    ready: arc('ready'),
    other: `${GROUP}/Microsoft.ContainerService/managedClusters/other`,
    bare: arc('bare'),
    offline: arc('offline'),
    legacy: arc('legacy'),
    servicePrincipal: `${GROUP}/Microsoft.ContainerService/managedClusters/servicePrincipal`,
    absent: arc('absent'),
  };
  world.add({ id: clusters.ready });
  world.add({ id: clusters.other });
  world.add({ id: clusters.bare, hasExtension: false });
  world.add({ id: clusters.offline, connected: false });
  world.add({ id: clusters.legacy, hasExtension: false, fluxV1: ['cluster-config'] });
  world.add({ id: clusters.servicePrincipal, hasExtension: false, isServicePrincipal: true });
  clock.advance(CONVERGED_MS);
  return {
    arm: new MemoryArm(world),
    graph: new MemoryGraph(world, () => 5000),
    clusters,
    letTimePass: (ms) => clock.advance(ms),
    close: async () => undefined,
  };
}

describe('Azure adapters in memory', () => {
  armSuite(open);
  graphSuite(open);
});
