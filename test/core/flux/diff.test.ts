import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { desiredConfiguration, type Json } from '../../../src/core/flux/desired.ts';
import { diffConfiguration } from '../../../src/core/flux/diff.ts';
import { COMMIT, rawConfiguration } from '../clusters.ts';

const desired = desiredConfiguration(Configuration.parse(rawConfiguration()), {}) as {
  properties: Record<string, Json>;
};

/** The desired resource with some of its properties changed, by path. */
function changed(changes: Readonly<Record<string, unknown>>): Json {
  const copy = structuredClone(desired) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = ['properties', ...path.split('/')];
    const last = keys.pop()!;
    let at = copy;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    if (value === REMOVED) delete at[last];
    else at[last] = value;
  }
  return copy;
}

const REMOVED = Symbol('removed');

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
    expect(diffConfiguration(desired, changed(changes))).toEqual([]);
  });

  it('the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(desired.properties).reverse());
    expect(diffConfiguration(desired, { properties: reversed })).toEqual([]);
  });

  it.each(['', '.', './', '/'])('the root of the source, written as %j', (path) => {
    const root = changed({ 'kustomizations/apps/path': './' });
    expect(diffConfiguration(root, changed({ 'kustomizations/apps/path': path }))).toEqual([]);
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
    const found = diffConfiguration(desired, changed({ [path]: value }));
    expect(found).toHaveLength(1);
    expect(found[0]?.path.startsWith(path.replaceAll('/', '.'))).toBe(true);
  });

  it('both values, and where', () => {
    expect(diffConfiguration(desired, changed({ 'gitRepository/repositoryRef/commit': 'f'.repeat(40) }))).toEqual([
      { path: 'gitRepository.repositoryRef.commit', desired: COMMIT, actual: 'f'.repeat(40) },
    ]);
  });

  it('a kustomization too many, even one of nothing but defaults', () => {
    const extra = changed({ 'kustomizations/extra': {} });
    expect(diffConfiguration(desired, extra)).toMatchObject([{ actual: true }]);
    expect(diffConfiguration(extra, desired)).toMatchObject([{ desired: true }]);
  });

  it.each(['a.b', 'team.name', 'x.path'])('a kustomization too many whose name holds dots: %s', (dotted) => {
    const extra = changed({ [`kustomizations/${dotted}`]: {} });
    expect(diffConfiguration(desired, extra)).toHaveLength(1);
    expect(diffConfiguration(extra, changed({ [`kustomizations/${dotted}`]: { prune: true } }))).toHaveLength(1);
    expect(diffConfiguration(extra, changed({ [`kustomizations/${dotted}`]: { prune: false, name: dotted } }))).toEqual(
      [],
    );
  });

  it('a substitution that happens to be called name', () => {
    const found = diffConfiguration(
      desired,
      changed({ 'kustomizations/apps/postBuild': { substitute: { name: 'x' } } }),
    );
    expect(found).toHaveLength(1);
  });

  it('a configuration that is not there at all', () => {
    expect(diffConfiguration(desired, undefined).map(({ path }) => path)).toContain('gitRepository.url');
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const kustomization = fc.record(
  {
    path: fc.constantFrom('', '.', './', './apps', 'apps/', '/infra', './a/b'),
    timeout: fc.constantFrom(600, 60),
    syncInterval: fc.constantFrom(600, 61),
    retryInterval: fc.constantFrom(600, 62),
    prune: fc.boolean(),
    force: fc.boolean(),
    wait: fc.boolean(),
  },
  { requiredKeys: [] },
);
const configurations = fc
  .record({
    namespace: fc.constantFrom('default', 'shop'),
    scope: fc.constantFrom('cluster', 'namespace'),
    suspend: fc.boolean(),
    kustomizations: fc.dictionary(name, kustomization, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  })
  .map((changes) => Configuration.parse(rawConfiguration(changes)));

/** A resource as the service gives it back: everything that is absent as null or default, keys in its own order, its status beside. */
function serviceFilled(resource: Json): Json {
  const properties = resource['properties'] as Record<string, unknown>;
  const kustomizations = Object.entries(properties['kustomizations'] as Record<string, Json>).map(
    ([key, value]): [string, Json] => [key, { name: key, retryIntervalInSeconds: null, postBuild: null, ...value }],
  );
  const source = properties['gitRepository'] as Json;
  const repositoryRef = { branch: null, tag: null, semver: null, commit: null, ...(source['repositoryRef'] as Json) };
  const filled = {
    ...properties,
    provisioningState: 'Succeeded',
    bucket: null,
    azureBlob: null,
    ociRepository: null,
    gitRepository: {
      sshKnownHosts: null,
      httpsUser: null,
      httpsCACert: null,
      localAuthRef: null,
      ...source,
      repositoryRef,
    },
    kustomizations: Object.fromEntries(kustomizations),
    statuses: [{ name: 'x', complianceState: 'Compliant' }],
  };
  return { properties: Object.fromEntries(Object.entries(filled).reverse()) };
}

describe('over any configuration', () => {
  it('what the service fills in is no difference', () => {
    fc.assert(
      fc.property(configurations, (configuration) => {
        const want = desiredConfiguration(configuration, {});
        expect(diffConfiguration(want, serviceFilled(want))).toEqual([]);
      }),
    );
  });

  it('differences are found from either side', () => {
    fc.assert(
      fc.property(configurations, configurations, (one, other) => {
        const [a, b] = [desiredConfiguration(one, {}), desiredConfiguration(other, {})];
        const turned = diffConfiguration(b, a).map(({ path, desired: want, actual }) => ({
          path,
          desired: actual,
          actual: want,
        }));
        expect(diffConfiguration(a, b)).toEqual(turned);
      }),
    );
  });
});
