import { describe, expect, it } from 'vitest';
import { secretNames, shownSource } from '../../../src/core/flux/shown-source.ts';

const BLOB = {
  sourceKind: 'AzureBlob',
  azureBlob: {
    url: 'https://acct.blob.core.windows.net',
    containerName: 'flux',
    servicePrincipal: {
      clientId: 'client',
      tenantId: 'tenant',
      clientSecret: 'S3CRET',
      clientCertificate: null,
      clientCertificateSendChain: true,
    },
    accountKey: '',
    sasToken: null,
    managedIdentity: null,
    localAuthRef: 'in-cluster',
  },
};
const OCI = {
  sourceKind: 'OCIRepository',
  ociRepository: {
    url: 'oci://ghcr.io/org/manifests',
    repositoryRef: { tag: '1.0', semver: null, digest: null },
    verify: {
      provider: 'cosign',
      verificationConfig: { 'cosign.pub': 'S3CRET' },
      matchOidcIdentity: [{ issuer: 'i', subject: 's' }],
    },
    tlsConfig: { caCertificate: '<redacted>', clientCertificate: 'S3CRET', privateKey: null },
    useWorkloadIdentity: false,
    newField: 'S3CRET',
  },
};
const GIT = {
  sourceKind: 'GitRepository',
  gitRepository: {
    url: 'ssh://git@host/repo',
    repositoryRef: { branch: 'main', tag: null },
    provider: 'Azure',
    httpsUser: null,
  },
  configurationProtectedSettings: { sshPrivateKey: '', httpsKey: 'S3CRET' },
};

describe('a source as people see it', () => {
  it('[api.source] shows what it follows and how it gets in, without what is not set', () => {
    expect(shownSource(GIT)).toEqual({
      url: 'ssh://git@host/repo',
      repositoryRef: { branch: 'main' },
      provider: 'Azure',
    });
    expect(shownSource(BLOB)).toEqual({
      url: 'https://acct.blob.core.windows.net',
      containerName: 'flux',
      servicePrincipal: { clientId: 'client', tenantId: 'tenant', clientCertificateSendChain: true },
      localAuthRef: 'in-cluster',
    });
    expect(shownSource(OCI)).toEqual({
      url: 'oci://ghcr.io/org/manifests',
      repositoryRef: { tag: '1.0' },
      verify: { provider: 'cosign', matchOidcIdentity: [{ issuer: 'i', subject: 's' }] },
      useWorkloadIdentity: false,
    });
  });

  it('[api.secrets] names the secrets that are set', () => {
    expect(secretNames(GIT)).toEqual(['httpsKey', 'sshPrivateKey']);
    expect(secretNames(BLOB)).toEqual(['accountKey', 'servicePrincipal.clientSecret']);
    expect(secretNames(OCI)).toEqual([
      'tlsConfig.caCertificate',
      'tlsConfig.clientCertificate',
      'verify.verificationConfig.cosign.pub',
    ]);
  });

  it.each([GIT, BLOB, OCI])('[api.secrets] never shows one: $sourceKind', (properties) => {
    expect(JSON.stringify([shownSource(properties), secretNames(properties)])).not.toContain('S3CRET');
  });

  it.each([
    ['https://user:S3CRET@host/repo', 'https://user:***@host/repo'],
    ['https://user:S3@CRET@host/repo', 'https://user:***@host/repo'],
    ['https://:S3CRET@host/repo', 'https://:***@host/repo'],
    ['https://acct.blob.core.windows.net?sv=1&sig=S3CRET', 'https://acct.blob.core.windows.net?***'],
    ['http://host:8080/a@b', 'http://host:8080/a@b'],
    ['git@host:org/repo', 'git@host:org/repo'],
  ])('[api.source] hides what others put into a URL: %s', (url, shown) => {
    expect(shownSource({ sourceKind: 'GitRepository', gitRepository: { url } })).toEqual({ url: shown });
  });

  it('is empty for a kind that is not known', () => {
    expect(shownSource({ sourceKind: 'Tape', tape: { url: 'x' } })).toEqual({});
  });
});
