import { describe, expect, it } from 'vitest';
import { MANAGED } from '../../../../local/azure/ids.ts';
import { configurationPath, extensionPath, gitBody, policyClient, type Bench } from '../support.ts';
import {
  BASELINE,
  BUCKET_KEY_VAULT,
  EXTENSION,
  GIT_PARAMETERS,
  governed,
  MINUTE_MS,
  remediate,
  SSH,
  statesOf,
  target,
  targets,
  taskPath,
} from './support.ts';

interface Task {
  readonly provisioningState: string;
  readonly deploymentStatus: { totalDeployments: number; successfulDeployments: number; failedDeployments: number };
}

async function taskOf(at: Bench, subscription: string, name?: string): Promise<Task> {
  return (await at.call('GET', taskPath(subscription, name))).body.properties as unknown as Task;
}

async function modifier(at: Bench, resource: string) {
  const { body } = await at.call('GET', resource);
  return [body.systemData['lastModifiedBy'], body.systemData['lastModifiedByType'], body.properties] as const;
}

describe('a remediation task', () => {
  it('deploys as the identity of the assignment, in 10 to 20 minutes, and is seen later', async () => {
    const { at, of, assignment, subscription } = await governed();
    const filters = { resourceIds: [of.id.toUpperCase()] };
    const created = await remediate(at, subscription, { policyAssignmentId: assignment.id, filters });
    expect([created.status, created.body.properties.provisioningState]).toEqual([201, 'Accepted']);
    at.clock.advance(7 * MINUTE_MS);
    expect((await at.call('GET', configurationPath(of, 'governed'))).status).toBe(404);
    at.clock.advance(13 * MINUTE_MS);
    expect(await taskOf(at, subscription)).toMatchObject({
      provisioningState: 'Succeeded',
      deploymentStatus: { totalDeployments: 1, successfulDeployments: 1, failedDeployments: 0 },
    });
    const [by, type, properties] = await modifier(at, configurationPath(of, 'governed'));
    expect([by, type]).toEqual([assignment.principalId, 'Application']);
    expect(properties).toMatchObject({
      complianceState: 'Compliant',
      gitRepository: { url: GIT_PARAMETERS.repositoryUrl, repositoryRef: { branch: 'main', tag: null } },
      kustomizations: { 'kustomization-1': { path: './', prune: false, retryIntervalInSeconds: 600 } },
    });
    at.clock.advance(18 * MINUTE_MS);
    expect(await statesOf(at, of)).toEqual(['Compliant']);
    const untouched = at.azure.fleet.clusters.filter(({ configurations }) => configurations.size > 0);
    expect(untouched.map(({ id }) => id)).toEqual([of.id]);
  });

  it('overwrites the configuration of its name, and goes through ARM like everybody else', async () => {
    const { at, of, assignment, subscription } = await governed();
    const ours = gitBody().properties;
    await at.call('PUT', configurationPath(of, 'governed'), { properties: { ...ours, namespace: 'default' } });
    await remediate(at, subscription, { policyAssignmentId: assignment.id, filters: { resourceIds: [of.id] } });
    at.clock.advance(20 * MINUTE_MS);
    const [by, , properties] = await modifier(at, configurationPath(of, 'governed'));
    expect([by, Object.keys(properties.kustomizations)]).toEqual([assignment.principalId, ['kustomization-1']]);
    const elsewhere = target(at.azure, MANAGED);
    await at.call('PUT', configurationPath(elsewhere, 'governed'), gitBody());
    const again = { policyAssignmentId: assignment.id, filters: { resourceIds: [elsewhere.id] } };
    await remediate(at, subscription, again, 'refused');
    at.clock.advance(20 * MINUTE_MS);
    expect(await taskOf(at, subscription, 'refused')).toMatchObject({ provisioningState: 'Complete' });
    const deployments = await at.call('POST', `${taskPath(subscription, 'refused')}/listDeployments`);
    expect(deployments.body.value).toMatchObject([
      {
        status: 'Failed',
        error: { details: [{ code: 'ValidationFailed' }] },
        remediatedResourceId: elsewhere.id.toLowerCase(),
      },
    ]);
  });

  it('works on so many clusters at a time as it may; listed over the SDK', async () => {
    const { at, assignment, subscription } = await governed();
    const all = targets(at.azure).length;
    await remediate(at, subscription, { policyAssignmentId: assignment.id, parallelDeployments: 5 });
    at.clock.advance(14 * MINUTE_MS);
    const { remediations } = policyClient(at.azure, subscription);
    const listed = [];
    for await (const each of remediations.listDeploymentsAtSubscription('repair')) listed.push(each.status);
    expect(listed.filter((status) => status === 'Running')).toHaveLength(5);
    const task = await remediations.getAtSubscription('repair');
    expect(task).toMatchObject({ provisioningState: 'Evaluating', deploymentStatus: { totalDeployments: all } });
    at.clock.advance(120 * MINUTE_MS);
    expect(await taskOf(at, subscription)).toMatchObject({
      provisioningState: 'Succeeded',
      deploymentStatus: { totalDeployments: all, successfulDeployments: all },
    });
  });

  it('ends once more have failed than the threshold allows', async () => {
    const { at, assignment, subscription } = await governed();
    for (const each of targets(at.azure)) await at.call('PUT', configurationPath(each, 'governed'), gitBody());
    const limits = { parallelDeployments: 1, failureThreshold: { percentage: 0.05 } };
    await remediate(at, subscription, { policyAssignmentId: assignment.id, ...limits });
    at.clock.advance(120 * MINUTE_MS);
    const allowed = Math.floor(targets(at.azure).length * 0.05);
    expect(await taskOf(at, subscription)).toMatchObject({
      provisioningState: 'Failed',
      deploymentStatus: { successfulDeployments: 0, failedDeployments: allowed + 1 },
    });
  });

  it('is cancelled: what runs comes to its end, nothing else begins', async () => {
    const { at, assignment, subscription } = await governed();
    await remediate(at, subscription, { policyAssignmentId: assignment.id, parallelDeployments: 2 });
    at.clock.advance(13 * MINUTE_MS);
    const { remediations } = policyClient(at.azure, subscription);
    expect((await remediations.cancelAtSubscription('repair')).provisioningState).toBe('Cancelling');
    at.clock.advance(10 * MINUTE_MS);
    const { provisioningState, deploymentStatus } = await taskOf(at, subscription);
    expect(provisioningState).toBe('Canceled');
    expect(deploymentStatus.successfulDeployments).toBeLessThan(10);
    expect(deploymentStatus.successfulDeployments).toBeGreaterThan(0);
    const again = await at.call('POST', `${taskPath(subscription)}/cancel`);
    expect([again.status, again.body.error.code]).toEqual([400, 'InvalidCancelRemediationRequest']);
    await remediate(at, subscription, { policyAssignmentId: assignment.id }, 'early');
    expect((await remediations.cancelAtSubscription('early')).provisioningState).toBe('Canceled');
  });

  it('takes what is known, or finds out itself', async () => {
    const { at, of, assignment, subscription } = await governed();
    const right = { ...gitBody().properties, namespace: 'default' };
    const gitRepository = { url: GIT_PARAMETERS.repositoryUrl, repositoryRef: { branch: 'main' } };
    await at.call('PUT', configurationPath(of), { properties: { ...right, gitRepository } });
    const asked = { policyAssignmentId: assignment.id, filters: { locations: [of.location] }, parallelDeployments: 30 };
    await remediate(at, subscription, { ...asked, resourceDiscoveryMode: 'ReEvaluateCompliance' });
    at.clock.advance(20 * MINUTE_MS);
    expect((await at.call('GET', configurationPath(of, 'governed'))).status).toBe(404);
    const here = targets(at.azure).filter(({ location }) => location === of.location).length;
    expect((await taskOf(at, subscription)).deploymentStatus.totalDeployments).toBe(here - 1);
  });

  it('stops at the number of resources that it may touch', async () => {
    const { at, assignment, subscription } = await governed();
    await remediate(at, subscription, { policyAssignmentId: assignment.id, resourceCount: 2 });
    at.clock.advance(20 * MINUTE_MS);
    expect((await taskOf(at, subscription)).deploymentStatus.totalDeployments).toBe(2);
  });

  it('a cluster that does not answer holds its deployment up', async () => {
    const { at, of, assignment, subscription } = await governed();
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { agent: 'dead' });
    await remediate(at, subscription, { policyAssignmentId: assignment.id, filters: { resourceIds: [of.id] } });
    at.clock.advance(60 * MINUTE_MS);
    expect((await taskOf(at, subscription)).provisioningState).toBe('Evaluating');
    at.clock.advance(90 * MINUTE_MS);
    expect(await taskOf(at, subscription)).toMatchObject({ deploymentStatus: { failedDeployments: 1 } });
  });
});

describe('what is deployed', () => {
  async function deployed(changes: Record<string, unknown>, properties: Record<string, unknown> = {}) {
    const { at, of, assignment, subscription } = await governed(changes);
    const asked = { policyAssignmentId: assignment.id, filters: { resourceIds: [of.id] }, ...properties };
    const { status } = await remediate(at, subscription, asked);
    expect(status).toBe(201);
    at.clock.advance(20 * MINUTE_MS);
    return { at, of, assignment };
  }

  it('of the extension definition: the extension with its controllers', async () => {
    const parameters = { autoUpgradeMinorVersion: false, version: '1.23.0', imageReflectorController: true };
    const { at, of, assignment } = await deployed({ definition: EXTENSION, parameters });
    const [by, , properties] = await modifier(at, extensionPath(of));
    expect(by).toBe(assignment.principalId);
    expect(properties).toMatchObject({
      currentVersion: '1.23.0',
      configurationSettings: { 'helm-controller.enabled': 'true', 'image-reflector-controller.enabled': 'true' },
    });
  });

  it('of an initiative: the one member that was asked for', async () => {
    const parameters = { baselineUrl: 'https://git.example/b.git' };
    const { at, of } = await deployed(
      { definition: BASELINE, parameters },
      { policyDefinitionReferenceId: 'fluxbaseline' },
    );
    const [, , properties] = await modifier(at, configurationPath(of, 'baseline'));
    expect(properties).toMatchObject({
      namespace: 'flux-baseline',
      gitRepository: { url: parameters.baselineUrl, repositoryRef: { branch: 'main' } },
      kustomizations: { 'kustomization-1': { path: './clusters', prune: true } },
    });
  });

  it('of the bucket definition: the secret of its key vault opens the bucket', async () => {
    const parameters = {
      configurationName: 'governed',
      bucketUrl: 'https://minio.example',
      bucketName: 'fleet',
      bucketAccessKey: 'reader',
      keyVaultSecretName: 'key',
      keyVaultName: 'vault',
    };
    const { at, of } = await deployed({ definition: BUCKET_KEY_VAULT, parameters });
    const [, , open] = await modifier(at, configurationPath(of, 'governed'));
    expect(open).toMatchObject({
      complianceState: 'Compliant',
      configurationProtectedSettings: { bucketSecretKey: '' },
    });
    const auth = { kind: 'bucket', accessKey: 'reader', secretKey: 'other' };
    expect((await at.admin('PUT', '/admin/sources', { url: parameters.bucketUrl, auth })).status).toBe(200);
    at.clock.advance(2 * MINUTE_MS);
    expect((await modifier(at, configurationPath(of, 'governed')))[2].complianceState).toBe('Non-Compliant');
    const right = { ...auth, secretKey: 'vault/key' };
    await at.admin('PUT', '/admin/sources', { url: parameters.bucketUrl, auth: right });
    at.clock.advance(2 * MINUTE_MS);
    expect((await modifier(at, configurationPath(of, 'governed')))[2].complianceState).toBe('Compliant');
  });

  it('of the SSH definition: the retry interval is the sync interval', async () => {
    const secret = { keyVaultSecretName: 'key', keyVaultName: 'vault', kustomizationSyncInterval: 120 };
    const { at, of } = await deployed({ definition: SSH, parameters: { ...GIT_PARAMETERS, ...secret } });
    const [, , properties] = await modifier(at, configurationPath(of, 'governed'));
    expect(properties.kustomizations['kustomization-1']).toMatchObject({ retryIntervalInSeconds: 120 });
  });
});

describe('a cluster that is new or changes', () => {
  async function born(changes: Record<string, unknown> = {}) {
    const { at, of, assignment } = await governed(changes);
    await at.admin('PUT', '/admin/clusters/newcomer', { like: of.name });
    at.clock.advance(25 * MINUTE_MS);
    return { at, assignment, newcomer: at.azure.fleet.findByName('newcomer')! };
  }

  it('is deployed to by itself', async () => {
    const { at, newcomer, assignment } = await born();
    const [by, , properties] = await modifier(at, configurationPath(newcomer, 'governed'));
    expect([by, properties.complianceState]).toEqual([assignment.principalId, 'Compliant']);
  });

  it.each([
    ['nothing is enforced', { enforcementMode: 'DoNotEnforce' }],
    ['the effect is disabled', { parameters: { ...GIT_PARAMETERS, effect: 'Disabled' } }],
  ])('is not when %s', async (_, changes) => {
    const { at, newcomer } = await born(changes);
    expect((await at.call('GET', configurationPath(newcomer, 'governed'))).status).toBe(404);
  });

  it('tags are such a change; configurations of others are not', async () => {
    const { at, of } = await governed();
    await at.call('PUT', configurationPath(of), gitBody());
    at.clock.advance(30 * MINUTE_MS);
    expect((await at.call('GET', configurationPath(of, 'governed'))).status).toBe(404);
    await at.admin('PATCH', `/admin/clusters/${of.name}`, { tags: { ring: null, owner: 'retail' } });
    const { body } = await at.call('GET', of.id);
    expect(body).toMatchObject({ tags: { owner: 'retail' } });
    expect(body).not.toMatchObject({ tags: { ring: textOfAny() } });
    at.clock.advance(20 * MINUTE_MS);
    expect((await at.call('GET', configurationPath(of, 'governed'))).status).toBe(200);
  });
});

function textOfAny(): string {
  return expect.any(String) as string;
}
