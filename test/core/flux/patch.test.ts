import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { diffConfiguration } from '../../../src/core/flux/diff.ts';
import { applyPatch, mergePatch } from '../../../src/core/flux/merge-patch.ts';
import { keepsSecrets, patchBody } from '../../../src/core/flux/patch.ts';
import { configurations } from '../../contracts/flux/arbitrary.ts';
import { base64, blob, bucket, COMMIT, git, KNOWN_HOST, oci, sshGit } from '../../contracts/flux/raw.ts';
import { asServiceReturns, changed, desiredOf, properties, REMOVED } from './service.ts';

const HTTPS = { configurationProtectedSettings: { httpsKey: '' }, 'gitRepository/httpsUser': 'me' };

describe('a plan keeps the secrets on the cluster', () => {
  it.each([
    ['the same source, nothing named', git(), HTTPS, true],
    ['an SSH key, nothing named', sshGit(), { configurationProtectedSettings: { sshPrivateKey: '' } }, true],
    ['no secret there', git(), {}, false],
    ['an empty map there', git(), { configurationProtectedSettings: {} }, false],
    ['another url', git(), { ...HTTPS, 'gitRepository/url': 'https://git.example/other' }, false],
    ['another kind', git(), { ...HTTPS, sourceKind: 'Bucket' }, false],
    [
      '[configuration.configurationProtectedSettings] none wanted',
      git({}, { configurationProtectedSettings: {} }),
      HTTPS,
      false,
    ],
    ['a secret in the cluster wanted', git({ localAuthRef: 'x' }), HTTPS, false],
    ['an identity wanted', git({ provider: 'azure' }), HTTPS, false],
    [
      'a key of its own',
      git({ httpsUser: 'me' }, { configurationProtectedSettings: { httpsKey: 'env:K' } }),
      HTTPS,
      false,
    ],
    [
      'a bucket, whose keys a plan has to name',
      bucket(),
      { configurationProtectedSettings: { bucketSecretKey: '' } },
      false,
    ],
    ['[blob.accountKey] shown empty', blob(), { 'azureBlob/accountKey': '' }, true],
    ['[blob.sasToken] not set', blob(), { 'azureBlob/sasToken': null }, false],
    [
      '[oci.tlsConfig] redacted',
      oci(),
      { 'ociRepository/tlsConfig': { caCertificate: '<redacted>', privateKey: null } },
      true,
    ],
    [
      '[oci.tlsConfig] beside a secret in the cluster',
      oci({ localAuthRef: 'x' }),
      { 'ociRepository/tlsConfig': { caCertificate: '<redacted>' } },
      true,
    ],
    [
      '[oci.tlsConfig] none wanted',
      oci({ tlsConfig: {} }),
      { 'ociRepository/tlsConfig': { caCertificate: '<redacted>' } },
      false,
    ],
  ])('%s', (_what, raw, changes, keeps) => {
    const present = changed(asServiceReturns(desiredOf(raw)), changes);
    expect(keepsSecrets(Configuration.parse(raw), present)).toBe(keeps);
  });
});

describe('the patch', () => {
  const patched = (raw: unknown, changes: Record<string, unknown>) => {
    const desired = desiredOf(raw);
    return properties(patchBody(desired, changed(asServiceReturns(desired), changes)));
  };

  it('[trap.patch] names the source in full even if nothing differs', () => {
    expect(patched(git(), {})).toEqual({
      sourceKind: 'GitRepository',
      suspend: false,
      gitRepository: properties(desiredOf(git())).gitRepository,
    });
  });

  it('touches no secret, nor what belongs to it', () => {
    const patch = JSON.stringify(
      patched(sshGit(), {
        configurationProtectedSettings: { sshPrivateKey: '' },
        'gitRepository/sshKnownHosts': base64(KNOWN_HOST),
      }),
    );
    expect(patch).not.toMatch(/sshPrivateKey|sshKnownHosts|Protected/);
    expect(JSON.stringify(patched(blob(), { 'azureBlob/accountKey': '' }))).not.toContain('accountKey');
    const principal = { clientId: 'c', tenantId: 't', clientSecret: '' };
    expect(JSON.stringify(patched(blob(), { 'azureBlob/servicePrincipal': principal }))).not.toContain(
      'servicePrincipal',
    );
  });

  it('[blob.sasToken] does not write the empty text that stands for a wanted secret', () => {
    expect(JSON.stringify(patched(blob({ sasToken: 'env:S' }), {}))).not.toContain('sasToken');
    expect(patched(blob({ sasToken: 'env:S' }), { 'azureBlob/accountKey': '' }).azureBlob).toMatchObject({
      accountKey: null,
    });
  });

  it('[trap.refs] takes the old ref away: the service would heed it before the new one', () => {
    const raw = git({ repositoryRef: { branch: 'main' } });
    expect(
      patched(raw, { 'gitRepository/repositoryRef': { branch: 'main', tag: 'v1', semver: null, commit: COMMIT } }),
    ).toMatchObject({
      gitRepository: { repositoryRef: { branch: 'main', tag: null, commit: null } },
    });
    expect(patched(oci({ repositoryRef: {} }), { 'ociRepository/repositoryRef': { semver: '1.x' } })).toMatchObject({
      ociRepository: { repositoryRef: { semver: null } },
    });
  });

  it('[trap.kindChange] takes the blocks of other kinds away, OCI among them', () => {
    const patch = patched(git(), {
      ociRepository: { url: 'oci://x/y' },
      bucket: { url: 'https://x' },
      azureBlob: null,
    });
    expect(patch).toMatchObject({ sourceKind: 'GitRepository', ociRepository: null, bucket: null });
    expect(patch).not.toHaveProperty('azureBlob');
  });

  it('takes kustomizations and single fields of them away, and sends only what differs', () => {
    const patch = patched(git(), {
      'kustomizations/old': { name: 'old', path: './old' },
      'kustomizations/apps/prune': true,
      'kustomizations/apps/retryIntervalInSeconds': 60,
      'kustomizations/apps/postBuild': { substitute: { a: 'b' } },
      'gitRepository/localAuthRef': 'x',
    });
    expect(patch.kustomizations).toEqual({
      old: null,
      apps: { prune: false, retryIntervalInSeconds: null, postBuild: null },
    });
    expect(patch.gitRepository).toMatchObject({ localAuthRef: null });
  });

  it('[configuration.waitForReconciliation] leaves out what cannot be patched', () => {
    const patch = patched(git({}, { waitForReconciliation: true, reconciliationWaitDuration: '5m' }), {
      waitForReconciliation: REMOVED,
    });
    expect(Object.keys(patch)).not.toEqual(expect.arrayContaining(['scope']));
    expect(JSON.stringify(Object.keys(patch))).not.toMatch(/scope|namespace|[rR]econciliation/);
  });
});

/** What a PATCH cannot change. */
const FIXED = /^(scope|namespace|waitForReconciliation|reconciliationWaitDuration)$/;

describe('over any two configurations of any kind', () => {
  it('the patch makes what is there what is desired, and nothing more', () => {
    fc.assert(
      fc.property(configurations, configurations, (one, other) => {
        const [present, desired] = [asServiceReturns(desiredOf(one)), desiredOf(other)];
        const merged = applyPatch(present, patchBody(desired, present));
        const left = diffConfiguration(desired, merged).filter(({ path }) => !FIXED.test(path));
        expect(left).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('secrets that are kept are still there after the patch', () => {
    fc.assert(
      fc.property(configurations, (raw) => {
        const present = asServiceReturns(desiredOf(raw));
        fc.pre(raw.sourceKind !== 'Bucket');
        const silent = Configuration.parse({ ...raw, configurationProtectedSettings: undefined, ...bare(raw) });
        fc.pre(keepsSecrets(silent, present));
        const merged = properties(applyPatch(present, patchBody(desiredOf(silent), present)));
        const block = /bucket|Repository|Blob/;
        const secretsOf = (from: Record<string, unknown>) =>
          JSON.stringify(from)
            .match(/"(accountKey|sasToken|client\w+|caCertificate|privateKey|httpsKey|sshPrivateKey)":("[^"]*"|null)/g)
            ?.sort();
        expect(Object.keys(merged).some((key) => block.test(key))).toBe(true);
        expect(secretsOf(merged)).toEqual(secretsOf(properties(present)));
      }),
      { numRuns: 500 },
    );
  });
});

/** The source of a plan that says nothing about credentials. */
function bare(raw: Record<string, unknown>): Record<string, unknown> {
  const without = [
    'httpsUser',
    'localAuthRef',
    'provider',
    'servicePrincipal',
    'accountKey',
    'sasToken',
    'managedIdentity',
    'tlsConfig',
  ];
  return Object.fromEntries(
    ['gitRepository', 'azureBlob', 'ociRepository']
      .filter((block) => raw[block] !== undefined)
      .map((block) => [
        block,
        Object.fromEntries(Object.entries(raw[block] as object).filter(([key]) => !without.includes(key))),
      ]),
  );
}

describe('a merge patch', () => {
  const json = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(fc.nat(3), fc.constant([1]), fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(2))),
  );
  it('turns one resource into the other', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        expect(applyPatch(from, mergePatch(from, to))).toEqual(to);
        expect(mergePatch(to, to)).toEqual({});
      }),
    );
  });
});
