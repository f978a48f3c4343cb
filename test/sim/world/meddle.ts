import { child } from '../../../src/adapters/memory/azure-cluster.ts';
import type { AzureWorld } from '../../../src/adapters/memory/azure-world.ts';
import type { ClusterEvent } from './draw-cluster.ts';

/** What somebody makes of a configuration who does not know of us. Azure may refuse it, as it does when it is busy. */
export function meddle(azure: AzureWorld, event: ClusterEvent): void {
  const { configurations } = azure;
  const { clusterId, what, name = 'app' } = event;
  const found = azure.cluster(clusterId)?.configurations.get(name);
  const path = `./meddled-${azure.now() % 1000}`;
  if (what === 'dropped') configurations.remove(clusterId, name, azure.now() % 2 === 0);
  else if (what === 'edited' && found !== undefined) {
    const kustomizations = child(found.properties, 'kustomizations');
    const apps = { ...child(kustomizations, 'apps'), name: 'apps', path };
    configurations.put(clusterId, name, { ...found.properties, kustomizations: { ...kustomizations, apps } });
  } else if (what === 'added' && found === undefined) {
    configurations.put(clusterId, name, {
      scope: 'cluster',
      namespace: 'flux-system',
      sourceKind: 'GitRepository',
      gitRepository: { url: 'https://git.example/elsewhere', repositoryRef: { branch: 'main' } },
      kustomizations: { apps: { name: 'apps', path } },
    });
  }
}
