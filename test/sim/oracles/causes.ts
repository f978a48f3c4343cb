import { child, type WorldCluster } from '../../../src/adapters/memory/azure-cluster.ts';
import type { ResultRow } from '../../../src/contracts/cluster-rows.ts';
import { EPOCH_MS } from '../kernel/kernel.ts';
import type { Mirror } from '../world/facts.ts';
import { LOOK_MS, type View } from './oracle.ts';

/** What can really fail a cluster, by the code that the verdict names. */
export function hasCause(view: View, mirror: Mirror, row: ResultRow): boolean {
  const { code } = row.outcome;
  const moments = view.azure.momentsSince(row.clusterId, row.outcome.at - LOOK_MS);
  const was = (condition: (cluster: WorldCluster) => boolean): boolean =>
    moments.some((cluster) => cluster !== undefined && condition(cluster));
  const seed = view.scenario.clusters.find(({ id }) => id === row.clusterId);
  const events = view.scenario.events.filter(({ clusterId }) => clusterId === row.clusterId).map(({ what }) => what);
  switch (code) {
    case 'RequestDisallowedByPolicy':
      return seed?.deniesWrites === true;
    case 'ClusterOffline':
      return seed?.connected === false || events.includes('disconnects');
    case 'OperationPoisoned':
      return view.buried.some((body) => body.includes(mirror.id) && body.includes(`"ordinal":${row.ordinal},`));
    case 'ExtensionFailed':
      return was(({ extension }) => extension?.provisioningState === 'Failed') && isBeyondRepair(view, mirror, row);
    case 'ConfigurationsExist':
      return was(({ configurations }) => configurations.size > 0);
    case 'ConfigurationMissing':
    case 'ImmutableField':
    case 'InvalidEdit':
    case 'ProtectedSettingsIncomplete':
      return was((cluster) => isUnfit(mirror, code, cluster));
    case 'ProvisioningFailed':
      return seed?.agent?.outcome === 'refuses';
    default:
      // What the agent says of the objects in the cluster.
      return seed?.agent?.outcome === 'fails' || seed?.agent?.outcome === 'recovers' || events.includes('regresses');
  }
}

/** The plan asks for no repair, or has tried it. */
function isBeyondRepair({ writes }: View, { id, request }: Mirror, { clusterId }: ResultRow): boolean {
  const { extension } = request.change;
  if (extension?.action !== 'ensure' || extension.repair === 'none') return true;
  return writes.some(
    ({ kind, answer, invocation, ...write }) =>
      kind === 'extension' && answer === 'accepted' && invocation.rolloutId === id && write.clusterId === clusterId,
  );
}

/** True when what is on a cluster does not allow the change. */
export function isUnfit({ request }: Mirror, code: string, cluster: WorldCluster): boolean {
  const { configurations, extension } = request.change;
  const there = cluster.configurations;
  switch (code) {
    case 'FluxV1Present':
      return cluster.fluxV1.size > 0;
    case 'ExtensionMissing':
      return cluster.extension === undefined;
    case 'ExtensionFailed':
      return cluster.extension?.provisioningState === 'Failed';
    case 'ConfigurationsExist':
      return there.size > 0;
    case 'ConfigurationMissing':
      return configurations.some(({ name }) => !there.has(name));
    case 'ImmutableField':
      return configurations.some((change) => {
        const found = there.get(change.name);
        return found !== undefined && change.action === 'apply' && found.properties['namespace'] !== change.namespace;
      });
    case 'InvalidEdit':
      return configurations.some((change) => {
        const found = there.get(change.name);
        if (found === undefined || change.action !== 'edit') return false;
        const left = new Set(Object.keys(child(found.properties, 'kustomizations')));
        for (const [name, edit] of Object.entries(change.kustomizations)) if (edit === null) left.delete(name);
        return left.size === 0;
      });
    case 'ProtectedSettingsIncomplete': {
      const named = extension?.action === 'ensure' ? extension.configurationProtectedSettings : undefined;
      const settings = child(cluster.extension?.properties ?? {}, 'configurationProtectedSettings');
      return named !== undefined && Object.keys(settings).some((name) => !(name in named));
    }
    default:
      return false;
  }
}

/** Somebody changed configurations on a cluster behind the back of this rollout: what it saw, nobody else may have seen. */
export function isMeddledWith({ scenario }: View, { header }: Mirror, clusterId: string): boolean {
  return scenario.events.some(
    ({ atMs, clusterId: changed, what }) =>
      changed === clusterId &&
      (what === 'edited' || what === 'dropped' || what === 'added') &&
      EPOCH_MS + atMs > header.createdAt - LOOK_MS,
  );
}
