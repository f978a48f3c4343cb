import { describe, expect, it } from 'vitest';
import { configurationView } from '../../../src/app/read/configuration-view.ts';

const COMMIT = '4f1bdad4d0a54b939a5e3d52c51464f67e474fcf';
const RESOURCE = {
  name: 'shop',
  properties: {
    scope: 'cluster',
    namespace: 'cluster-config',
    sourceKind: 'GitRepository',
    suspend: false,
    gitRepository: {
      url: 'git@host:org/repo',
      timeoutInSeconds: 600,
      syncIntervalInSeconds: 5400,
      repositoryRef: { branch: 'main', commit: null },
      localAuthRef: null,
    },
    bucket: null,
    kustomizations: {
      infra: {
        name: 'infra',
        path: './infra',
        dependsOn: [],
        timeoutInSeconds: 60,
        syncIntervalInSeconds: 90,
        wait: false,
        postBuild: null,
      },
      apps: {
        name: 'apps',
        dependsOn: ['infra'],
        timeoutInSeconds: 600,
        syncIntervalInSeconds: 600,
        retryIntervalInSeconds: 3725,
        prune: true,
        force: true,
        postBuild: {
          substitute: { env: 'prod' },
          substituteFrom: [{ kind: 'ConfigMap', name: 'values', optional: true }],
        },
      },
    },
    configurationProtectedSettings: { sshPrivateKey: 'S3CRET' },
    provisioningState: 'Succeeded',
    complianceState: 'Compliant',
    errorMessage: '',
    sourceSyncedCommitId: `main@sha1:${COMMIT}`,
    sourceUpdatedAt: '2026-01-01T00:00:00Z',
    statusUpdatedAt: '2026-01-01T00:01:00.5Z',
    repositoryPublicKey: 'ssh-rsa AAAA',
    statuses: [
      {
        kind: 'GitRepository',
        name: 'shop',
        namespace: 'cluster-config',
        complianceState: 'Compliant',
        statusConditions: null,
      },
      {
        kind: 'Kustomization',
        name: 'shop-apps',
        namespace: 'cluster-config',
        complianceState: null,
        statusConditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'ReconciliationSucceeded',
            message: 'ok',
            lastTransitionTime: '2026-01-01T00:00:30Z',
          },
        ],
      },
    ],
  },
};

/** The view as it leaves over HTTP: without what is undefined. */
const shown = (resource: object, filter = {}): unknown =>
  JSON.parse(JSON.stringify(configurationView('shop', resource as Record<string, unknown>, filter)));
const withProperties = (changes: object) => ({ ...RESOURCE, properties: { ...RESOURCE.properties, ...changes } });

describe('[api.configuration] a configuration as the API shows it', () => {
  it('[api.kustomizations] [api.statusUpdatedAt] [api.repositoryPublicKey] has the names of a request, Go durations and ISO times', () => {
    expect(shown(RESOURCE)).toEqual({
      name: 'shop',
      namespace: 'cluster-config',
      scope: 'cluster',
      suspend: false,
      sourceKind: 'GitRepository',
      source: { url: 'git@host:org/repo', repositoryRef: { branch: 'main' }, timeout: '10m', syncInterval: '1h30m' },
      secrets: ['sshPrivateKey'],
      kustomizations: [
        {
          name: 'infra',
          path: './infra',
          dependsOn: [],
          timeout: '1m',
          syncInterval: '1m30s',
          prune: false,
          force: false,
          wait: false,
        },
        {
          name: 'apps',
          path: '',
          dependsOn: ['infra'],
          timeout: '10m',
          syncInterval: '10m',
          retryInterval: '1h2m5s',
          prune: true,
          force: true,
          wait: true,
          postBuild: {
            substitute: { env: 'prod' },
            substituteFrom: [{ kind: 'ConfigMap', name: 'values', optional: true }],
          },
        },
      ],
      provisioningState: 'Succeeded',
      complianceState: 'Compliant',
      sourceSyncedRevision: { raw: `main@sha1:${COMMIT}`, ref: 'main', commit: COMMIT },
      sourceUpdatedAt: '2026-01-01T00:00:00.000Z',
      statusUpdatedAt: '2026-01-01T00:01:00.500Z',
      repositoryPublicKey: 'ssh-rsa AAAA',
      objects: [
        { kind: 'GitRepository', name: 'shop', namespace: 'cluster-config', complianceState: 'Compliant' },
        {
          kind: 'Kustomization',
          name: 'shop-apps',
          namespace: 'cluster-config',
          complianceState: 'Unknown',
          ready: {
            status: 'True',
            reason: 'ReconciliationSucceeded',
            message: 'ok',
            since: '2026-01-01T00:00:30.000Z',
          },
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'ReconciliationSucceeded',
              message: 'ok',
              since: '2026-01-01T00:00:30.000Z',
            },
          ],
        },
      ],
    });
  });

  it('[api.complianceState] is Pending until the agent has reported', () => {
    const silent = withProperties({
      complianceState: null,
      statuses: [],
      sourceSyncedCommitId: null,
      statusUpdatedAt: null,
    });
    const view = shown(silent);
    expect(view).toMatchObject({ complianceState: 'Pending', objects: [] });
    expect(view).not.toHaveProperty('statusUpdatedAt');
    expect(view).not.toHaveProperty('sourceSyncedRevision');
  });

  it.each(['Compliant', 'Non-Compliant', 'Pending', 'Suspended', 'Unknown'])(
    '[api.complianceState] is otherwise what Azure says: %s',
    (complianceState) => {
      expect(shown(withProperties({ complianceState }))).toMatchObject({ complianceState });
    },
  );

  it('[api.errorMessage] tells why provisioning failed', () => {
    const failed = withProperties({ provisioningState: 'Failed', errorMessage: 'no such cluster role' });
    expect(shown(failed)).toMatchObject({ provisioningState: 'Failed', errorMessage: 'no such cluster role' });
  });

  it('holds no secret even where Azure sent one', () => {
    expect(JSON.stringify(shown(RESOURCE))).not.toContain('S3CRET');
  });

  it('leaves the rest as it is when objects are asked for', () => {
    const view = shown(RESOURCE, { kind: 'kustomization' });
    expect(view).toMatchObject({
      kustomizations: [{ name: 'infra' }, { name: 'apps' }],
      objects: [{ name: 'shop-apps' }],
    });
  });
});
