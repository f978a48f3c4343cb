import { describe, expect, it } from 'vitest';
import { EditConfiguration } from '../../../src/contracts/flux/change.ts';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { EnsureExtension } from '../../../src/contracts/flux/extension.ts';
import { desiredConfiguration } from '../../../src/core/flux/desired.ts';
import { editBody, editedConfiguration } from '../../../src/core/flux/edit.ts';
import { desiredExtension, extensionPatch } from '../../../src/core/flux/extension-body.ts';
import { patchBody } from '../../../src/core/flux/patch.ts';
import { secretFields, withSecrets } from '../../../src/core/flux/secrets.ts';
import { blob, bucket, git, kustomized, oci, problemsOf, VAULT_SECRET, type Raw } from '../../contracts/flux/raw.ts';

/** The properties of the PUT, with the secrets put in. */
function sent(raw: Raw): Raw {
  const configuration = Configuration.parse(raw);
  const body = withSecrets(desiredConfiguration(configuration, {}), secretFields(configuration), () => 'the-secret');
  return body['properties'] as Raw;
}
const present = (raw: Raw) => ({ properties: sent(raw) });
const apps = (kustomization: Raw) => kustomized({ apps: kustomization, infra: {} });
const principal = { clientId: 'client', tenantId: 'tenant', clientSecret: VAULT_SECRET };

describe('a field of a request arrives', () => {
  it.each([
    ['[source.timeout]', git({ timeout: '1h30m' }), { gitRepository: { timeoutInSeconds: 5400 } }],
    ['[source.timeout]', oci({}), { ociRepository: { timeoutInSeconds: 600 } }],
    ['[source.syncInterval]', blob({ syncInterval: 'PT2M' }), { azureBlob: { syncIntervalInSeconds: 120 } }],
    ['[source.syncInterval]', bucket({ syncInterval: 90 }), { bucket: { syncIntervalInSeconds: 90 } }],
    ['[source.localAuthRef]', git({ localAuthRef: 'key' }), { gitRepository: { localAuthRef: 'key' } }],
    ['[blob.localAuthRef]', blob({ localAuthRef: 'key' }), { azureBlob: { localAuthRef: 'key' } }],
    [
      '[blob.servicePrincipal.tenantId]',
      blob({ servicePrincipal: principal }),
      { azureBlob: { servicePrincipal: { ...principal, clientSecret: 'the-secret' } } },
    ],
    ['[trap.bucketInsecure]', bucket(), { bucket: { insecure: false } }],
    ['[trap.bucketInsecure]', bucket({ insecure: true }), { bucket: { insecure: true } }],
    [
      '[configuration.waitForReconciliation]',
      git({}, { waitForReconciliation: true }),
      { waitForReconciliation: true },
    ],
    ['[configuration.kustomizations]', kustomized({ a: {}, b: {} }), { kustomizations: { a: {}, b: {} } }],
    ['[kustomization.path]', apps({ path: './apps' }), { kustomizations: { apps: { path: './apps' } } }],
    ['[kustomization.path]', apps({}), { kustomizations: { apps: { path: '' } } }],
    ['[kustomization.timeout]', apps({ timeout: '5m' }), { kustomizations: { apps: { timeoutInSeconds: 300 } } }],
    [
      '[kustomization.syncInterval]',
      apps({ syncInterval: '1h' }),
      { kustomizations: { apps: { syncIntervalInSeconds: 3600 } } },
    ],
    [
      '[kustomization.retryInterval]',
      apps({ retryInterval: '30s' }),
      { kustomizations: { apps: { retryIntervalInSeconds: 30 } } },
    ],
    ['[kustomization.prune]', apps({ prune: true }), { kustomizations: { apps: { prune: true } } }],
    ['[kustomization.prune]', apps({ prune: false }), { kustomizations: { apps: { prune: false } } }],
    ['[kustomization.force]', apps({ force: true }), { kustomizations: { apps: { force: true } } }],
    ['[kustomization.force]', apps({ force: false }), { kustomizations: { apps: { force: false } } }],
  ])('%s %#', (_id, raw, expected) => {
    expect(sent(raw)).toMatchObject(expected);
  });

  it('[kustomization.retryInterval] not when it is not there', () => {
    expect((sent(apps({}))['kustomizations'] as Record<string, Raw>)['apps']).not.toHaveProperty(
      'retryIntervalInSeconds',
    );
  });
});

describe('a request is refused', () => {
  it.each([
    ['[configuration.foreignFields] a bucket beside Git', git({}, { bucket: { url: 'https://x.example' } }), /^bucket/],
    ['[configuration.foreignFields] a field of another kind', git({ bucketName: 'x' }), /^gitRepository: .*bucketName/],
    ['[configuration.kustomizations] none', kustomized({}), /^kustomizations: /],
    ['[kustomization.prune] text', apps({ prune: 'false' }), /^kustomizations\.apps\.prune: /],
    ['[kustomization.force] text', apps({ force: 'true' }), /^kustomizations\.apps\.force: /],
  ])('for %s', (_what, raw, expected) => {
    expect(problemsOf(raw).some((problem) => expected.test(problem))).toBe(true);
  });
});

describe('what is there is edited', () => {
  const there = present(
    git(
      { httpsUser: 'reader' },
      {
        configurationProtectedSettings: { httpsKey: VAULT_SECRET },
        kustomizations: { infra: {}, apps: { dependsOn: ['infra'], wait: false } },
      },
    ),
  );
  const edited = (kustomizations: Raw) => EditConfiguration.parse({ action: 'edit', name: 'shop', kustomizations });
  const body = (kustomizations: Raw) => editBody(edited(kustomizations), {}, there)['properties'] as Raw;

  it('[action.editAdd] by a new kustomization, with the defaults of the service', () => {
    expect(body({ more: { path: './more' } })['kustomizations']).toEqual({
      more: {
        path: './more',
        dependsOn: [],
        timeoutInSeconds: 600,
        syncIntervalInSeconds: 600,
        prune: false,
        force: false,
        wait: true,
      },
    });
  });

  it('[action.editChange] by the fields that are named, and no others', () => {
    expect(body({ apps: { prune: true } })['kustomizations']).toEqual({ apps: { prune: true } });
  });

  it('[action.editRemove] by null, unless others depend on it', () => {
    expect(body({ apps: null })['kustomizations']).toEqual({ apps: null });
    expect(editedConfiguration(edited({ apps: null }), {}, there).ok).toBe(true);
    expect(editedConfiguration(edited({ infra: null }), {}, there).ok).toBe(false);
  });
});

describe('what is there is applied anew', () => {
  it('[apply.removesValues] without something that was there: it goes', () => {
    const after = desiredConfiguration(Configuration.parse(git()), {});
    const before = present(git({ provider: 'Azure' }, { kustomizations: { apps: { path: './apps' }, old: {} } }));
    expect(patchBody(after, before)).toMatchObject({
      properties: { gitRepository: { provider: null }, kustomizations: { old: null } },
    });
  });
});

describe('the extension', () => {
  it('[extension.type] [extension.identity] is microsoft.flux, with an identity everywhere but on AKS', () => {
    const wanted = EnsureExtension.parse({});
    const properties = { extensionType: 'microsoft.flux' };
    expect(desiredExtension(wanted, 'managedClusters')).toMatchObject({ properties });
    expect(desiredExtension(wanted, 'managedClusters')).not.toHaveProperty('identity');
    for (const type of ['connectedClusters', 'provisionedClusters']) {
      expect(desiredExtension(wanted, type)).toMatchObject({ identity: { type: 'SystemAssigned' }, properties });
    }
  });

  it('[extension.releaseTrain] comes from the release train that is named, and stays on its own otherwise', () => {
    const preview = EnsureExtension.parse({ releaseTrain: 'Preview' });
    expect(desiredExtension(preview, 'managedClusters')).toMatchObject({ properties: { releaseTrain: 'Preview' } });
    expect(extensionPatch(preview)).toEqual({ properties: { releaseTrain: 'Preview' } });
    expect(extensionPatch(EnsureExtension.parse({}))).toEqual({ properties: {} });
  });
});
