import { describe, expect, it } from 'vitest';
import { ConfigurationChange } from '../../../src/contracts/flux/change.ts';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { desiredConfiguration, templatedTexts } from '../../../src/core/flux/desired.ts';
import { base64, blob, bucket, CERTIFICATE, DIGEST, git, KNOWN_HOST, oci, sshGit } from '../../contracts/flux/raw.ts';
import { COMMIT } from '../clusters.ts';
import { desiredOf, properties } from './service.ts';

const KUSTOMIZATIONS = {
  apps: {
    path: './apps',
    dependsOn: [],
    timeoutInSeconds: 600,
    syncIntervalInSeconds: 600,
    prune: false,
    force: false,
    wait: true,
  },
};
const REST = { scope: 'cluster', namespace: 'default', suspend: false, kustomizations: KUSTOMIZATIONS };
const TIMES = { timeoutInSeconds: 600, syncIntervalInSeconds: 600 };

describe('the body of the PUT', () => {
  it('[git.url] of a Git source over HTTPS, with the names and units of the service', () => {
    const source = {
      httpsUser: 'me',
      httpsCACert: CERTIFICATE,
      provider: 'generic',
      timeout: '5m',
      syncInterval: '1h',
    };
    const raw = git(source, { configurationProtectedSettings: { httpsKey: 'env:KEY' } });
    expect(desiredOf(raw)).toEqual({
      properties: {
        ...REST,
        sourceKind: 'GitRepository',
        gitRepository: {
          url: 'https://git.example/org/shop',
          timeoutInSeconds: 300,
          syncIntervalInSeconds: 3600,
          repositoryRef: { branch: 'main', commit: COMMIT },
          httpsUser: 'me',
          httpsCACert: base64(CERTIFICATE),
          provider: 'Generic',
        },
        configurationProtectedSettings: { httpsKey: '' },
      },
    });
  });

  it('[git.sshKnownHosts] [protected.sshPrivateKey] of a Git source over SSH', () => {
    const raw = sshGit({ sshKnownHosts: KNOWN_HOST }, { configurationProtectedSettings: { sshPrivateKey: 'env:KEY' } });
    expect(properties(desiredOf(raw))).toMatchObject({
      gitRepository: { url: 'ssh://git@git.example/org/shop', sshKnownHosts: base64(KNOWN_HOST) },
      configurationProtectedSettings: { sshPrivateKey: '' },
    });
  });

  it('[bucket.insecure] of a bucket: insecure is always there', () => {
    expect(properties(desiredOf(bucket()))).toEqual({
      ...REST,
      sourceKind: 'Bucket',
      bucket: { url: 'https://minio.example', bucketName: 'shop', insecure: false, accessKey: 'AKIA1', ...TIMES },
      configurationProtectedSettings: { bucketSecretKey: '' },
    });
  });

  it('[blob.servicePrincipal] of a blob container', () => {
    const servicePrincipal = {
      clientId: 'c',
      tenantId: 't',
      clientCertificate: 'env:C',
      clientCertificatePassword: 'env:P',
    };
    expect(properties(desiredOf(blob({ servicePrincipal })))).toEqual({
      ...REST,
      sourceKind: 'AzureBlob',
      azureBlob: {
        url: 'https://acct.blob.core.windows.net',
        containerName: 'shop',
        ...TIMES,
        servicePrincipal: {
          ...{ clientId: 'c', tenantId: 't', clientCertificateSendChain: false },
          ...{ clientCertificate: '', clientCertificatePassword: '' },
        },
      },
      configurationProtectedSettings: {},
    });
    expect(properties(desiredOf(blob({ managedIdentity: { clientId: 'c' } })))).toMatchObject({
      azureBlob: { managedIdentity: { clientId: 'c' } },
    });
  });

  it('[oci.url] of an OCI source', () => {
    const verify = { provider: 'cosign', matchOidcIdentity: [{ issuer: 'i', subject: 's' }] };
    const raw = oci({
      layerSelector: { mediaType: 'm' },
      verify,
      serviceAccountName: 'sa',
      tlsConfig: { caCertificate: 'env:CA' },
    });
    expect(properties(desiredOf(raw))).toEqual({
      ...REST,
      sourceKind: 'OCIRepository',
      ociRepository: {
        url: 'oci://ghcr.io/org/shop',
        repositoryRef: { digest: DIGEST },
        ...TIMES,
        layerSelector: { mediaType: 'm', operation: 'extract' },
        verify,
        insecure: false,
        useWorkloadIdentity: false,
        serviceAccountName: 'sa',
        tlsConfig: { caCertificate: '' },
      },
      configurationProtectedSettings: {},
    });
  });

  it('[kustomization.postBuild] of a kustomization with all its fields', () => {
    const postBuild = {
      substitute: { env: 'prod', ring: '${cluster.tags.ring}', literal: '$${NOT_OURS}' },
      substituteFrom: [{ kind: 'Secret', name: 'values' }],
    };
    const all = {
      timeout: '5m',
      syncInterval: '1m',
      retryInterval: '2m',
      prune: true,
      force: true,
      wait: false,
      postBuild,
    };
    const raw = git({}, { kustomizations: { a: {}, b: { ...all, path: './${cluster.name}', dependsOn: ['a'] } } });
    expect((properties(desiredOf(raw)).kustomizations as Record<string, unknown>).b).toEqual({
      path: './edge-1',
      dependsOn: ['a'],
      timeoutInSeconds: 300,
      syncIntervalInSeconds: 60,
      retryIntervalInSeconds: 120,
      prune: true,
      force: true,
      wait: false,
      postBuild: {
        substitute: { env: 'prod', ring: 'canary', literal: '${NOT_OURS}' },
        substituteFrom: [{ kind: 'Secret', name: 'values', optional: false }],
      },
    });
  });

  it('[configuration.waitForReconciliation] [configuration.reconciliationWaitDuration] waits as ISO 8601 says it', () => {
    const raw = git({}, { waitForReconciliation: true, reconciliationWaitDuration: '90m' });
    expect(properties(desiredOf(raw))).toMatchObject({
      waitForReconciliation: true,
      reconciliationWaitDuration: 'PT1H30M',
    });
    expect(properties(desiredOf(git()))).not.toHaveProperty('waitForReconciliation');
  });

  it.each([
    ['nothing named', git(), undefined],
    ['said in so many words', git({}, { configurationProtectedSettings: {} }), {}],
    ['a secret in the cluster', git({ localAuthRef: 'auth' }), {}],
    ['an identity', git({ provider: 'azure' }), {}],
  ])(
    '[configuration.configurationProtectedSettings] tells a plan without secrets from one about none: %s',
    (_what, raw, sent) => {
      expect(properties(desiredOf(raw)).configurationProtectedSettings).toEqual(sent);
    },
  );
});

describe('the texts in which values of the cluster may stand', () => {
  it('are namespace, refs, paths and variables', () => {
    const kustomizations = {
      a: { path: './${cluster.name}', postBuild: { substitute: { ring: '${cluster.tags.ring}' } } },
      b: { path: './$${literal}' },
    };
    const raw = git(
      { repositoryRef: { branch: 'env/${cluster.name}' } },
      { namespace: 'ns-${cluster.name}', kustomizations },
    );
    const texts = [
      'ns-${cluster.name}',
      'env/${cluster.name}',
      './${cluster.name}',
      '${cluster.tags.ring}',
      './$${literal}',
    ];
    expect(templatedTexts(Configuration.parse(raw))).toEqual(texts);
    expect(properties(desiredOf(raw))).toMatchObject({
      namespace: 'ns-edge-1',
      gitRepository: { repositoryRef: { branch: 'env/edge-1' } },
      kustomizations: { b: { path: './${literal}' } },
    });
  });

  it('are tag and semver of an OCI source, too', () => {
    const configuration = Configuration.parse(
      oci({ repositoryRef: { tag: '${variables.tag}' } }, { kustomizations: { a: {} } }),
    );
    expect(templatedTexts(configuration)).toEqual(['default', '${variables.tag}', '']);
    const values = { 'variables.tag': 'v7' };
    expect(properties(desiredConfiguration(configuration, values))).toMatchObject({
      ociRepository: { repositoryRef: { tag: 'v7' } },
    });
  });

  it('of an edit are its paths and variables; other changes have none', () => {
    const kustomizations = {
      a: { path: 'p' },
      b: null,
      c: { postBuild: { substitute: { x: 'v' } } },
      d: { postBuild: null },
    };
    expect(templatedTexts(ConfigurationChange.parse({ action: 'edit', name: 'x', kustomizations }))).toEqual([
      'p',
      'v',
    ]);
    for (const action of ['suspend', 'resume', 'remove'])
      expect(templatedTexts(ConfigurationChange.parse({ action, name: 'x' }))).toEqual([]);
  });
});
