import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { desiredConfiguration, type Json } from '../../../src/core/flux/desired.ts';
import { diffConfiguration } from '../../../src/core/flux/diff.ts';
import { COMMIT, rawConfiguration } from '../clusters.ts';
import { changed, REMOVED } from './service.ts';

const desired = desiredConfiguration(Configuration.parse(rawConfiguration()), {}) as {
  properties: Record<string, Json>;
};

describe('what makes no difference', () => {
  it.each([
    ['nothing changed', {}],
    ['a default that the service left away', { suspend: REMOVED, scope: REMOVED }],
    [
      'a default that the service left away inside a kustomization',
      {
        'kustomizations/apps/wait': REMOVED,
        'kustomizations/apps/force': REMOVED,
        'kustomizations/apps/timeoutInSeconds': REMOVED,
      },
    ],
    [
      'a null that the service added',
      { 'gitRepository/sshKnownHosts': null, 'gitRepository/repositoryRef/tag': null, bucket: null, azureBlob: null },
    ],
    ['an empty list', { 'kustomizations/infra/dependsOn': [] }],
    ['an empty text', { 'gitRepository/httpsUser': '' }],
    ['./ before a path', { 'kustomizations/apps/path': 'apps' }],
    ['/ before a path', { 'kustomizations/apps/path': '/apps' }],
    ['/ behind a path', { 'kustomizations/apps/path': './apps/' }],
    ['the read-only name of a kustomization', { 'kustomizations/apps/name': 'apps' }],
    [
      'what the service and the agent report',
      {
        provisioningState: 'Succeeded',
        complianceState: 'Compliant',
        statuses: [],
        sourceSyncedCommitId: 'main/abc',
        errorMessage: '',
        repositoryPublicKey: 'x',
      },
    ],
  ])('%s', (_what, changes) => {
    expect(diffConfiguration(desired, changed(desired, changes))).toEqual([]);
  });

  it('the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(desired.properties).reverse());
    expect(diffConfiguration(desired, { properties: reversed })).toEqual([]);
  });

  it.each(['', '.', './', '/'])('the root of the source, written as %j', (path) => {
    const root = changed(desired, { 'kustomizations/apps/path': './' });
    expect(diffConfiguration(root, changed(desired, { 'kustomizations/apps/path': path }))).toEqual([]);
  });
});

describe('what makes a difference', () => {
  it.each([
    ['scope', 'namespace'],
    ['namespace', 'other'],
    ['suspend', true],
    ['sourceKind', 'Bucket'],
    ['gitRepository/url', 'https://git.example/other'],
    ['gitRepository/timeoutInSeconds', 60],
    ['gitRepository/syncIntervalInSeconds', 60],
    ['gitRepository/repositoryRef/branch', 'release'],
    ['gitRepository/repositoryRef/commit', 'f'.repeat(40)],
    ['gitRepository/repositoryRef/tag', 'v1'],
    ['gitRepository/repositoryRef/semver', '>=1'],
    ['gitRepository/localAuthRef', 'secret'],
    ['gitRepository/provider', 'Azure'],
    ['kustomizations/apps/path', './other'],
    ['kustomizations/apps/dependsOn', []],
    ['kustomizations/apps/timeoutInSeconds', 60],
    ['kustomizations/apps/syncIntervalInSeconds', 60],
    ['kustomizations/apps/retryIntervalInSeconds', 60],
    ['kustomizations/apps/prune', true],
    ['kustomizations/infra/prune', false],
    ['kustomizations/apps/force', true],
    ['kustomizations/apps/wait', false],
    ['kustomizations/apps/postBuild', { substitute: { env: 'prod' } }],
    ['bucket', { url: 'https://minio.example' }],
    ['azureBlob', { url: 'https://acct.blob.core.windows.net' }],
    ['ociRepository', { url: 'oci://ghcr.io/org/manifests' }],
  ])('%s', (path, value) => {
    const found = diffConfiguration(desired, changed(desired, { [path]: value }));
    expect(found).toHaveLength(1);
    expect(found[0]?.path.startsWith(path.replaceAll('/', '.'))).toBe(true);
  });

  it('both values, and where', () => {
    expect(
      diffConfiguration(desired, changed(desired, { 'gitRepository/repositoryRef/commit': 'f'.repeat(40) })),
    ).toEqual([{ path: 'gitRepository.repositoryRef.commit', desired: COMMIT, actual: 'f'.repeat(40) }]);
  });

  it('a kustomization too many, even one of nothing but defaults', () => {
    const extra = changed(desired, { 'kustomizations/extra': {} });
    expect(diffConfiguration(desired, extra)).toMatchObject([{ actual: true }]);
    expect(diffConfiguration(extra, desired)).toMatchObject([{ desired: true }]);
  });

  it.each(['a.b', 'team.name', 'x.path'])('a kustomization too many whose name holds dots: %s', (dotted) => {
    const extra = changed(desired, { [`kustomizations/${dotted}`]: {} });
    expect(diffConfiguration(desired, extra)).toHaveLength(1);
    expect(diffConfiguration(extra, changed(desired, { [`kustomizations/${dotted}`]: { prune: true } }))).toHaveLength(
      1,
    );
    expect(
      diffConfiguration(extra, changed(desired, { [`kustomizations/${dotted}`]: { prune: false, name: dotted } })),
    ).toEqual([]);
  });

  it('a substitution that happens to be called name', () => {
    const found = diffConfiguration(
      desired,
      changed(desired, { 'kustomizations/apps/postBuild': { substitute: { name: 'x' } } }),
    );
    expect(found).toHaveLength(1);
  });

  it('a configuration that is not there at all', () => {
    expect(diffConfiguration(desired, undefined).map(({ path }) => path)).toContain('gitRepository.url');
  });
});
