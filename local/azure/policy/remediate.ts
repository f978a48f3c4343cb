import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import { between, guid } from '../fleet/random.ts';
import { idKey } from '../ids.ts';
import { deploy } from './deploy.ts';
import { evaluateMember } from './evaluate.ts';
import type { RemediationTask } from './remediation-task.ts';
import { DISCOVERY_MS } from './timing.ts';

/** Starts a task: minutes later it looks for clusters, then deploys to so many of them at a time as it may. */
export function startRemediation(cloud: Cloud, task: RemediationTask): void {
  const { fleet } = cloud;
  cloud.policy.addTask(task);
  fleet.timeline.after(between(fleet.seed, `remediation/${task.correlationId}`, ...DISCOVERY_MS), () => {
    if (task.state !== 'Accepted') return;
    task.queue.push(...discover(cloud, task));
    task.total = task.queue.length;
    move(cloud, task, 'Evaluating');
    goOn(cloud, task);
  });
}

/** No further deployments; those that run come to their end. */
export function cancelRemediation(cloud: Cloud, task: RemediationTask): void {
  const isWaiting = task.state === 'Accepted';
  move(cloud, task, 'Cancelling');
  task.queue.length = 0;
  if (isWaiting) move(cloud, task, 'Canceled');
  else goOn(cloud, task);
}

/** True while a task can still be cancelled. */
export function isActive({ state }: RemediationTask): boolean {
  return state === 'Accepted' || state === 'Evaluating';
}

/** What is known to be non-compliant, or is found so now, within the filters. */
function discover(cloud: Cloud, { member, settings, subscriptionId }: RemediationTask): Cluster[] {
  const { filters, resourceDiscoveryMode, resourceCount } = settings;
  const ids = filters?.resourceIds === undefined ? undefined : new Set(filters.resourceIds.map(idKey));
  const locations = filters?.locations?.map((each) => each.toLowerCase());
  const isNonCompliant = (cluster: Cluster): boolean => {
    const isAnew = resourceDiscoveryMode === 'ReEvaluateCompliance';
    const state = isAnew ? evaluateMember(cloud, member, cluster) : cloud.policy.state(member, cluster);
    return state?.compliance === 'NonCompliant' && state.effect === 'DeployIfNotExists';
  };
  return cloud.fleet.clusters
    .filter((each) => each.subscriptionId === subscriptionId)
    .filter((each) => ids === undefined || ids.has(idKey(each.id)))
    .filter((each) => locations === undefined || locations.includes(each.location))
    .filter(isNonCompliant)
    .slice(0, resourceCount);
}

function goOn(cloud: Cloud, task: RemediationTask): void {
  if (isOverThreshold(task)) task.queue.length = 0;
  while (task.running < task.settings.parallelDeployments && task.queue.length > 0) startDeployment(cloud, task);
  if (task.running === 0) move(cloud, task, endOf(task));
}

function startDeployment(cloud: Cloud, task: RemediationTask): void {
  const cluster = task.queue.shift();
  if (cluster === undefined) return;
  const nowMs = cloud.clock.now();
  const name = guid(cloud.fleet.seed, `${task.correlationId}/${cluster.name}`);
  const group = `/subscriptions/${cluster.subscriptionId}/resourceGroups/${cluster.resourceGroup}`;
  const deployment: RemediationTask['deployments'][number] = {
    cluster,
    id: `${group}/providers/Microsoft.Resources/deployments/${name}`,
    status: 'Running',
    error: undefined,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
  task.deployments.push(deployment);
  task.running++;
  deploy(cloud, task.member, cluster, (error) => {
    task.running--;
    if (error === undefined) task.successful++;
    else task.failed++;
    deployment.status = error === undefined ? 'Succeeded' : 'Failed';
    deployment.error = error;
    deployment.updatedAtMs = cloud.clock.now();
    task.updatedAtMs = deployment.updatedAtMs;
    goOn(cloud, task);
  });
}

function isOverThreshold({ settings, failed, total }: RemediationTask): boolean {
  const { failureThreshold } = settings;
  return failureThreshold !== undefined && failed > failureThreshold.percentage * total;
}

function endOf(task: RemediationTask): RemediationTask['state'] {
  if (task.state === 'Cancelling') return 'Canceled';
  if (isOverThreshold(task)) return 'Failed';
  return task.failed === 0 ? 'Succeeded' : 'Complete';
}

function move({ clock }: Cloud, task: RemediationTask, state: RemediationTask['state']): void {
  task.state = state;
  task.updatedAtMs = clock.now();
}
