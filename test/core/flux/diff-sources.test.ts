import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/flux/desired.ts';
import { diffConfiguration, type FieldDifference } from '../../../src/core/flux/diff.ts';
import { configurations } from '../../contracts/flux/arbitrary.ts';
import { base64, blob, bucket, CERTIFICATE, git, KNOWN_HOST, oci, sshGit } from '../../contracts/flux/raw.ts';
import { asServiceReturns, changed, desiredOf, REMOVED } from './service.ts';

const USER = { httpsUser: 'me' };
const PAIR = { configurationProtectedSettings: { httpsKey: 'env:KEY' } };
const TLS = { tlsConfig: { caCertificate: 'env:CA' } };
const TWO = { kustomizations: { a: {}, b: {}, c: { dependsOn: ['a', 'b'] } } };

describe('sources that mean the same', () => {
  it.each([
    ['[git.provider] letters of the provider', git({ provider: 'azure' }), { 'gitRepository/provider': 'AZURE' }],
    ['[git.provider] Generic, which is none', git(), { 'gitRepository/provider': 'Generic' }],
    ['[git.provider] none, which is Generic', git({ provider: 'Generic' }), { 'gitRepository/provider': REMOVED }],
    [
      '[git.httpsCACert] the spelling of the CLI',
      git({ httpsCACert: CERTIFICATE }),
      { 'gitRepository/httpsCACert': REMOVED, 'gitRepository/httpsCaCert': base64(CERTIFICATE) },
    ],
    [
      '[git.httpsCACert] line ends',
      git({ httpsCACert: CERTIFICATE }),
      { 'gitRepository/httpsCACert': base64(CERTIFICATE.trim().replaceAll('\n', '\r\n')) },
    ],
    ['[configuration.sourceKind] its first letter', bucket(), { sourceKind: 'bucket' }],
    [
      '[bucket.insecure] left out by the service, which means true',
      bucket({ insecure: true }),
      { 'bucket/insecure': REMOVED },
    ],
    [
      '[oci.repositoryRef.tag] latest',
      oci({ repositoryRef: {} }),
      { 'ociRepository/repositoryRef': { tag: 'latest' } },
    ],
    [
      '[oci.layerSelector.operation] extract',
      oci(),
      { 'ociRepository/layerSelector': { mediaType: null, operation: 'Extract' } },
    ],
    ['[kustomization.dependsOn] the order of dependencies', git({}, TWO), { 'kustomizations/c/dependsOn': ['b', 'a'] }],
    [
      '[kustomization.postBuild.substituteFrom] an origin that is not optional',
      git({}, { kustomizations: { a: { postBuild: { substituteFrom: [{ kind: 'Secret', name: 'x' }] } } } }),
      { 'kustomizations/a/postBuild/substituteFrom': [{ name: 'x', kind: 'Secret' }] },
    ],
    [
      '[configuration.reconciliationWaitDuration] another way to write it',
      git({}, { waitForReconciliation: true, reconciliationWaitDuration: 'PT30M' }),
      { reconciliationWaitDuration: 'PT1800S' },
    ],
    [
      '[configuration.waitForReconciliation] not repeated by the service',
      git({}, { waitForReconciliation: true }),
      { waitForReconciliation: null },
    ],
    ['[configuration.waitForReconciliation] not named by the plan', git(), { waitForReconciliation: true }],
    [
      '[protected.httpsKey] a secret that Azure does not tell of',
      git(USER, PAIR),
      { configurationProtectedSettings: {} },
    ],
    ['[blob.accountKey] a secret that Azure empties', blob({ accountKey: 'env:A' }), { 'azureBlob/accountKey': '' }],
    ['[oci.tlsConfig] redacted certificates', oci(TLS), { 'ociRepository/tlsConfig/caCertificate': '<redacted>' }],
  ])('%s', (_what, raw, changes) => {
    expect(diffConfiguration(desiredOf(raw), changed(desiredOf(raw), changes))).toEqual([]);
  });

  it.each([
    ['[git.httpsUser] another user', git(USER, PAIR), { 'gitRepository/httpsUser': 'you' }, 'gitRepository.httpsUser'],
    ['[bucket.insecure] left out by the service', bucket(), { 'bucket/insecure': REMOVED }, 'bucket.insecure'],
    ['[oci.insecure] plain HTTP', oci(), { 'ociRepository/insecure': true }, 'ociRepository.insecure'],
    [
      '[configuration.reconciliationWaitDuration] another time',
      git({}, { waitForReconciliation: true, reconciliationWaitDuration: 'PT30M' }),
      { reconciliationWaitDuration: 'PT1H' },
      'reconciliationWaitDuration',
    ],
    [
      '[kustomization.postBuild.substitute] an empty variable',
      git({}, { kustomizations: { a: { postBuild: { substitute: { x: '' } } } } }),
      { 'kustomizations/a/postBuild': null },
      'kustomizations.a.postBuild.substitute.x',
    ],
    [
      '[oci.verify.verificationConfig] a trusted key that Azure shows, and that is another one',
      oci({ verify: { provider: 'cosign', verificationConfig: { k: 'v' } } }),
      { 'ociRepository/verify/verificationConfig/k': 'w' },
      'ociRepository.verify.verificationConfig.k',
    ],
    [
      '[oci.verify.verificationConfig] a trusted key too many',
      oci({ verify: { provider: 'cosign' } }),
      { 'ociRepository/verify/verificationConfig': { k: '<redacted>' } },
      'ociRepository.verify.verificationConfig.k',
    ],
  ])('but not %s', (_what, raw, changes, path) => {
    expect(diffConfiguration(desiredOf(raw), changed(desiredOf(raw), changes)).map((field) => field.path)).toEqual([
      path,
    ]);
  });
});

describe('[trap.secrets] secrets on the cluster that the plan does not want', () => {
  it.each([
    [
      '[protected.sshPrivateKey] another one',
      git(USER, PAIR),
      { configurationProtectedSettings: { httpsKey: '', sshPrivateKey: '' } },
      ['configurationProtectedSettings.sshPrivateKey'],
    ],
    [
      '[configuration.configurationProtectedSettings] any, when it wants none',
      git({}, { configurationProtectedSettings: {} }),
      { configurationProtectedSettings: { httpsKey: '' }, 'gitRepository/httpsUser': 'me' },
      ['configurationProtectedSettings.httpsKey', 'gitRepository.httpsUser'],
    ],
    [
      '[blob.sasToken] a token beside an identity',
      blob({ managedIdentity: { clientId: 'c' } }),
      { 'azureBlob/sasToken': '' },
      ['azureBlob.sasToken'],
    ],
    [
      '[git.localAuthRef] a key beside the secret of the cluster',
      git({ localAuthRef: 'auth' }),
      { configurationProtectedSettings: { httpsKey: '' } },
      ['configurationProtectedSettings.httpsKey'],
    ],
  ])('%s', (_what, raw, changes, paths) => {
    const found = diffConfiguration(desiredOf(raw), changed(desiredOf(raw), changes));
    expect(found.map(({ path }) => path)).toEqual(paths);
    expect(found[0]).toMatchObject({ desired: undefined, actual: '(secret)' });
  });

  it.each([
    [
      '[protected.httpsKey] with the user that belongs to it',
      git(),
      { configurationProtectedSettings: { httpsKey: '' }, 'gitRepository/httpsUser': 'me' },
    ],
    [
      '[protected.sshPrivateKey] with the hosts that belong to it',
      sshGit(),
      { configurationProtectedSettings: { sshPrivateKey: '' }, 'gitRepository/sshKnownHosts': base64(KNOWN_HOST) },
    ],
    [
      '[configuration.waitForReconciliation] although the PATCH that keeps them cannot wait',
      git({}, { waitForReconciliation: true }),
      { configurationProtectedSettings: { httpsKey: '' }, waitForReconciliation: false },
    ],
    ['[blob.accountKey]', blob(), { 'azureBlob/accountKey': '' }],
    [
      '[blob.servicePrincipal]',
      blob(),
      { 'azureBlob/servicePrincipal': { clientId: 'c', tenantId: 't', clientSecret: '' } },
    ],
    ['[oci.tlsConfig]', oci(), { 'ociRepository/tlsConfig': { caCertificate: '<redacted>' } }],
  ])('stay without a word where it names none for the same source: %s', (_what, raw, changes) => {
    expect(diffConfiguration(desiredOf(raw), changed(desiredOf(raw), changes))).toEqual([]);
    const elsewhere = Object.keys(desiredOf(raw).properties as Json).find((key) => /Repository|Blob/.test(key))!;
    const moved = changed(desiredOf(raw), { ...changes, [`${elsewhere}/url`]: 'https://git.example/other' });
    expect(diffConfiguration(desiredOf(raw), moved).length).toBeGreaterThan(1);
  });
});

const configured = configurations.map(desiredOf);

describe('over any configuration of any kind', () => {
  it('there is no difference to itself', () => {
    fc.assert(
      fc.property(configured, (want) => {
        expect(diffConfiguration(want, want)).toEqual([]);
      }),
    );
  });

  it('what the service fills in, empties and rewrites is no difference', () => {
    fc.assert(
      fc.property(configured, (want) => {
        expect(diffConfiguration(want, asServiceReturns(want))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('differences are found from either side', () => {
    fc.assert(
      fc.property(configured, configured, (a, b) => {
        const paths = (fields: readonly FieldDifference[]) =>
          fields.map(({ path }) => path).filter((path) => !isTold(path));
        const turned = diffConfiguration(b, a).map(({ path, desired: want, actual }) => ({
          path,
          desired: actual,
          actual: want,
        }));
        expect(paths(diffConfiguration(a, b))).toEqual(paths(turned));
      }),
    );
  });
});

/** Secrets, and what belongs to them, are told of from one side only. */
function isTold(path: string): boolean {
  return /Protected|sshKnownHosts|httpsUser|httpsCACert|servicePrincipal|accountKey|sasToken|tlsConfig|Reconc|reconc/.test(
    path,
  );
}
