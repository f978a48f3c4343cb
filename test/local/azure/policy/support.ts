import type { Cluster } from '../../../../local/azure/fleet/cluster.ts';
import { MANAGED, CONNECTED } from '../../../../local/azure/ids.ts';
import type { Azure } from '../../../../local/azure/server.ts';
import { isReachable } from '../../../../local/azure/fleet/cluster.ts';
import { bench, cluster, type Answer, type Bench } from '../support.ts';

export const EXTENSION = 'f9175d5f-abc8-1dc3-bd3c-5d7476ada3d1';
export const PUBLIC_GIT = '83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6';
export const SSH = '9e980dca-f3e1-8da3-6717-ad37b1ca6b27';
export const BUCKET_KEY_VAULT = '5174c1db-ca42-e0d4-b320-4f1cf6a1fa93';
export const NOT_FLUX = '040732e8-d947-40b8-95d6-854c95024bf8';
export const BASELINE = '6f1ea000-0000-4000-8000-000000000001';
export const FLEET = '/providers/Microsoft.Management/managementGroups/fleet';
export const MINUTE_MS = 60_000;

export const GIT_PARAMETERS = {
  configurationName: 'governed',
  repositoryUrl: 'https://git.example/governed.git',
  repositoryRefBranch: 'main',
};

export interface Assigned {
  readonly id: string;
  readonly principalId: string | null;
}

/** Assigns a policy over the admin endpoint; the public Git definition to everything unless said otherwise. */
export async function assign(at: Bench, changes: Record<string, unknown> = {}): Promise<Assigned> {
  const body = { name: 'governed', scope: FLEET, definition: PUBLIC_GIT, parameters: GIT_PARAMETERS, ...changes };
  const answer = await at.admin('PUT', '/admin/policies', body);
  if (answer.status !== 200) throw new Error(`not assigned: ${answer.body.error.message}`);
  return answer.body as unknown as Assigned;
}

/** A simulated Azure in one subscription with an assignment that was evaluated once, and a cluster that it is about. */
export async function governed(changes: Record<string, unknown> = {}) {
  const at = await bench({
    lagMs: 0,
    fleet: { subscriptions: 1, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
  });
  const assignment = await assign(at, changes);
  at.clock.advance(11 * MINUTE_MS);
  return { at, assignment, of: target(at.azure), subscription: at.azure.fleet.subscriptions[0]!.id };
}

/** A cluster that policies apply to and that answers. */
export function target(azure: Azure, type = CONNECTED): Cluster {
  return cluster(azure, (each) => each.type === type && isReachable(each));
}

export function targets(azure: Azure): Cluster[] {
  return azure.fleet.clusters.filter(({ type }) => type === MANAGED || type === CONNECTED);
}

export interface State {
  readonly resourceId: string;
  readonly policyAssignmentId: string;
  readonly policyDefinitionReferenceId: string;
  readonly complianceState: string;
  readonly timestamp: string;
}

export interface StatePage {
  readonly '@odata.nextLink': string | null;
  readonly '@odata.count': number;
  readonly value: State[];
}

/** One page of the latest states of a subscription. */
export async function statePage(at: Bench, subscriptionId: string, query = ''): Promise<StatePage> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults`;
  const answer = await at.call('POST', `${path}?api-version=2024-10-01${query}`);
  if (answer.status !== 200) throw new Error(answer.body.error.message);
  return answer.body as unknown as StatePage;
}

/** What the states say about one cluster, one entry per definition. */
export async function statesOf(at: Bench, of: Cluster): Promise<string[]> {
  const filter = encodeURIComponent(`resourceId eq '${of.id}'`);
  const { value } = await statePage(at, of.subscriptionId, `&$filter=${filter}`);
  return value.map(({ complianceState }) => complianceState);
}

/** The path of a remediation task. */
export function taskPath(subscription: string, name = 'repair'): string {
  return `/subscriptions/${subscription}/providers/Microsoft.PolicyInsights/remediations/${name}`;
}

/** Creates a task for some clusters, or for all. */
export async function remediate(
  at: Bench,
  subscription: string,
  properties: Record<string, unknown>,
  name?: string,
): Promise<Answer> {
  return at.call('PUT', taskPath(subscription, name), { properties });
}
