import { CLUSTER_TYPES, type ClusterType } from '../../contracts/cluster-id.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import { Refusal, Transient } from '../../contracts/errors.ts';
import type { ObjectFilter } from '../../core/flux/deployed-objects.ts';
import { textOf } from '../../core/flux/raw-json.ts';
import type { ArmFault, ArmResult } from '../../ports/arm.ts';
import { nextSlotOf, readsOf, recordThrottling, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { clusterView, configurationView } from './configuration-view.ts';

/** One cluster as the path of a call names it; compared without case, as ARM does. */
export interface ClusterAddress {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly type: string;
  readonly name: string;
}

/** Every name of a resource begins so; others, such as `..`, are no names and would lead elsewhere. */
const NAME_START = /^[a-z0-9]/i;

/**
 * `GET /api/clusters/{subscriptionId}/{resourceGroup}/{type}/{name}/configurations`: every configuration of a cluster, also those that
 * Flotilla did not write. Azure leaves conditions out of lists, which `conditionsIncluded: false` says. Throws `Refusal`, `Transient`.
 */
export async function listConfigurations(deps: Deps, address: ClusterAddress): Promise<object> {
  const cluster = await findCluster(deps, address);
  const found = await read(deps, cluster, () => deps.arm.listConfigurations(cluster.id));
  const items = found.map(({ name, resource }) => configurationView(name, resource));
  return { cluster: clusterView(cluster), conditionsIncluded: false, items };
}

/** `GET …/configurations/{configuration}`: one configuration with its objects, conditions included. Throws `Refusal`, `Transient`. */
export async function getConfiguration(
  deps: Deps,
  address: ClusterAddress,
  name: string,
  filter: ObjectFilter,
): Promise<object> {
  const cluster = await findCluster(deps, address);
  const found = NAME_START.test(name)
    ? await read(deps, cluster, () => deps.arm.getConfiguration(cluster.id, name))
    : undefined;
  if (found === undefined) {
    const detail = `Cluster ${cluster.name} has no configuration '${name}'. Its list shows which there are.`;
    throw new Refusal(404, 'ConfigurationNotFound', detail);
  }
  return { cluster: clusterView(cluster), ...configurationView(textOf(found.name) ?? name, found, filter) };
}

async function findCluster(deps: Deps, address: ClusterAddress): Promise<Cluster> {
  const type = readClusterType(address);
  const { clusters } = await currentFleet(deps, [address.subscriptionId]);
  const cluster = clusters.find(
    (one) =>
      one.type === type &&
      isSame(one.name, address.name) &&
      isSame(one.resourceGroup, address.resourceGroup) &&
      isSame(one.subscriptionId, address.subscriptionId),
  );
  if (cluster === undefined) throw clusterNotFound(`${address.resourceGroup}/${type}/${address.name}`);
  return cluster;
}

/** Throws `Refusal` 404. */
export function readClusterType({ type: given }: ClusterAddress): ClusterType {
  const type = CLUSTER_TYPES.find((known) => isSame(known, given));
  if (type !== undefined) return type;
  const detail = `'${given}' is no type of cluster; there are ${CLUSTER_TYPES.join(', ')}.`;
  throw new Refusal(404, 'UnknownClusterType', detail);
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** One ARM read within the budget of the subscription: rollouts read from the same quota. */
async function read<T>(deps: Deps, cluster: Cluster, call: () => Promise<ArmResult<T>>): Promise<T> {
  const pool = readsOf(cluster.id);
  if ((await reserve(deps, pool, 1, 0)).length === 0) {
    const waitMs = (await nextSlotOf(deps, pool)) - deps.clock.now();
    throw new Transient('ReadBudgetSpent', `No read of ${pool.name} is left for now.`, Math.max(1000, waitMs));
  }
  const answer = await call();
  if (answer.ok) return answer.value;
  if (answer.fault.kind === 'throttled') await recordThrottling(deps, pool, answer.fault.retryAfterMs);
  throw toError(answer.fault, cluster);
}

function toError(fault: ArmFault, cluster: Cluster): Refusal | Transient {
  switch (fault.kind) {
    case 'throttled':
      return new Transient('ArmThrottled', 'ARM asked us to slow down.', fault.retryAfterMs);
    case 'conflict':
    case 'unavailable':
      return new Transient(fault.code, fault.detail, fault.retryAfterMs);
    case 'timedOut':
      return new Transient('ArmTimedOut', fault.detail);
    case 'clusterNotFound':
      return clusterNotFound(cluster.name);
    case 'refused': {
      const detail = `Azure refused to show the configurations of ${cluster.name} (${fault.code}): ${fault.detail}`;
      return new Refusal(502, 'AzureRefused', detail);
    }
  }
}

export function clusterNotFound(name: string): Refusal {
  const detail = `There is no cluster ${name} in the fleet. GET /api/clusters lists it; a cluster that is minutes old may not be there yet.`;
  return new Refusal(404, 'ClusterNotFound', detail);
}
