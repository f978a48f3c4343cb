import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { DIGEST, oci, problemsOf, VAULT_SECRET } from './raw.ts';

const SECRET = VAULT_SECRET;
const ref = (repositoryRef: unknown) => oci({ repositoryRef });
const tls = (tlsConfig: unknown) => oci({ tlsConfig });

describe('an OCI source', () => {
  it('has the defaults of the service', () => {
    expect(Configuration.parse(oci({ repositoryRef: undefined, layerSelector: {} })).ociRepository).toEqual({
      url: 'oci://ghcr.io/org/shop',
      repositoryRef: {},
      timeout: 600,
      syncInterval: 600,
      insecure: false,
      useWorkloadIdentity: false,
      layerSelector: { operation: 'extract' },
    });
  });

  it.each([
    ['[oci.url] with a port', oci({ url: 'oci://registry.local:5000/shop' })],
    ['[oci.repositoryRef.tag] a tag', ref({ tag: 'v1' })],
    ['[oci.repositoryRef.semver] a range', ref({ semver: '>= 1.0.0' })],
    ['[oci.repositoryRef.digest] a digest', ref({ digest: DIGEST })],
    ['[oci.repositoryRef.digest] a digest and the tag it was', ref({ tag: 'v1', digest: DIGEST })],
    ['[oci.layerSelector] a layer', oci({ layerSelector: { mediaType: 'application/vnd.x', operation: 'copy' } })],
    ['[oci.verify] cosign keys', oci({ verify: { provider: 'cosign', verificationConfig: { 'cosign.pub': 'key' } } })],
    [
      '[oci.verify.matchOidcIdentity] keyless signatures',
      oci({ verify: { provider: 'cosign', matchOidcIdentity: [{ issuer: '^https://x$', subject: '^y$' }] } }),
    ],
    ['[oci.tlsConfig] an authority', tls({ caCertificate: SECRET })],
    ['[oci.tlsConfig] a client certificate and its key', tls({ clientCertificate: SECRET, privateKey: SECRET })],
    ['[oci.useWorkloadIdentity] an identity', oci({ useWorkloadIdentity: true, serviceAccountName: 'shop' })],
    ['[oci.serviceAccountName] pull secrets of a service account', oci({ serviceAccountName: 'shop' })],
    ['[oci.localAuthRef] a secret in the cluster', oci({ localAuthRef: 'regcred' })],
    ['[oci.insecure] plain HTTP', oci({ insecure: true })],
  ])('%s', (_what, raw) => {
    expect(problemsOf(raw)).toEqual([]);
  });

  it.each([
    ['[oci.url] of another scheme', oci({ url: 'https://ghcr.io/org/shop' }), ['ociRepository.url: must be oci://']],
    ['[oci.url] with a tag', oci({ url: 'oci://ghcr.io/org/shop:v1' }), ['ociRepository.url: must be oci://']],
    ['[oci.url] of a registry only', oci({ url: 'oci://ghcr.io' }), ['ociRepository.url: must be oci://']],
    ['[oci.url] with user info', oci({ url: 'oci://me:hunter2@ghcr.io/x' }), ['ociRepository.url: carries user info']],
    [
      '[oci.repositoryRef.digest] a short digest',
      ref({ digest: 'sha256:abc' }),
      ['ociRepository.repositoryRef.digest: must be sha256:'],
    ],
    [
      '[oci.repositoryRef.digest] another algorithm',
      ref({ digest: DIGEST.replace('sha256', 'sha512') }),
      ['ociRepository.repositoryRef.digest: '],
    ],
    [
      '[oci.repositoryRef.semver] beside a tag',
      ref({ tag: 'v1', semver: '1.x' }),
      ['repositoryRef: names semver beside'],
    ],
    [
      '[oci.repositoryRef.semver] beside a digest',
      ref({ semver: '1.x', digest: DIGEST }),
      ['repositoryRef: names semver'],
    ],
    ['[oci.layerSelector.operation] that is none', oci({ layerSelector: { operation: 'move' } }), ['operation: ']],
    ['[oci.verify.provider] missing', oci({ verify: {} }), ['ociRepository.verify.provider: ']],
    [
      '[oci.verify.verificationConfig] a private key',
      oci({ verify: { provider: 'cosign', verificationConfig: { k: '-----BEGIN PRIVATE KEY-----hunter2' } } }),
      ['verificationConfig.k: holds a private key'],
    ],
    [
      '[oci.verify.matchOidcIdentity] half an identity',
      oci({ verify: { provider: 'cosign', matchOidcIdentity: [{ issuer: 'x' }] } }),
      ['matchOidcIdentity.0.subject: '],
    ],
    [
      '[oci.tlsConfig] a certificate without its key',
      tls({ clientCertificate: SECRET }),
      ['tlsConfig.privateKey: is missing'],
    ],
    [
      '[oci.tlsConfig] a key without its certificate',
      tls({ privateKey: SECRET }),
      ['tlsConfig.clientCertificate: is missing'],
    ],
    [
      '[oci.tlsConfig] a certificate in the open',
      tls({ caCertificate: 'hunter2' }),
      ['caCertificate: must be a reference'],
    ],
    [
      '[oci.localAuthRef] beside workload identity',
      oci({ localAuthRef: 'x', useWorkloadIdentity: true }),
      ['ociRepository.localAuthRef: cannot stand beside'],
    ],
  ])('is refused: %s', (_what, raw, why) => {
    expect(problemsOf(raw)).toEqual(why.map((text) => expect.stringContaining(text) as string));
    expect(problemsOf(raw).join()).not.toContain('hunter2');
  });
});
