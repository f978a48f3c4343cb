import { describe, expect, it } from 'vitest';
import { bench, condition, healthy, textLike } from '../support.ts';
import { apply, base64, blob, BLOB, bucket, BUCKET, git, HTTPS, oci, REGISTRY, settle, SSH } from './source-bodies.ts';

describe('a protected source', () => {
  const principal = { clientId: 'c', tenantId: 't' };
  const keyed = { privateKeyContains: 'MY KEY', knownHostsContains: 'git.example' };
  const sshKey = { sshPrivateKey: base64('-- MY KEY --\n') };
  const cases: [string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>, string, RegExp][] = [
    [
      'https',
      { url: HTTPS, auth: { kind: 'https', user: 'u', key: 'k' } },
      git(HTTPS, { httpsUser: 'u' }, { httpsKey: 'k' }),
      git(HTTPS, { httpsUser: 'u' }, { httpsKey: base64('k') }),
      'GitOperationFailed',
      /unable to clone 'https:.*authentication required/,
    ],
    [
      'ssh',
      { url: SSH, auth: { kind: 'ssh', ...keyed } },
      git(SSH, { sshKnownHosts: base64('other.example ssh-rsa AAAA') }, sshKey),
      git(SSH, { sshKnownHosts: base64('git.example ssh-rsa AAAA') }, sshKey),
      'GitOperationFailed',
      /ssh: handshake failed/,
    ],
    [
      'caCertificate',
      { url: HTTPS, auth: { kind: 'caCertificate', contains: 'OUR CA' } },
      git(HTTPS),
      git(HTTPS, { httpsCACert: base64('OUR CA') }),
      'GitOperationFailed',
      /signed by unknown authority/,
    ],
    [
      'provider',
      { url: HTTPS, auth: { kind: 'provider', provider: 'Azure' } },
      git(HTTPS, { provider: 'generic' }),
      git(HTTPS, { provider: 'azure' }),
      'GitOperationFailed',
      /authentication required/,
    ],
    [
      'bucket',
      { url: BUCKET, auth: { kind: 'bucket', accessKey: 'a', secretKey: 's' } },
      bucket({ accessKey: 'a' }),
      bucket({ accessKey: 'a' }, { bucketSecretKey: base64('s') }),
      'BucketOperationFailed',
      /existence of 'flux' bucket: Access Denied/,
    ],
    [
      'servicePrincipal',
      { url: BLOB, auth: { kind: 'servicePrincipal', ...principal, clientSecret: 's' } },
      blob({ servicePrincipal: { ...principal, clientSecret: 'x' } }),
      blob({ servicePrincipal: { ...principal, clientSecret: 's' } }),
      'BucketOperationFailed',
      /existence of 'manifests' bucket/,
    ],
    [
      'servicePrincipal (certificate)',
      { url: BLOB, auth: { kind: 'servicePrincipal', ...principal, clientCertificateContains: 'CERT' } },
      blob({ servicePrincipal: { ...principal, clientSecret: 'CERT' } }),
      blob({ servicePrincipal: { ...principal, clientCertificate: base64('CERT') } }),
      'BucketOperationFailed',
      /manifests/,
    ],
    [
      'accountKey',
      { url: BLOB, auth: { kind: 'accountKey', key: 's' } },
      blob({ accountKey: '' }),
      blob({ accountKey: 's' }),
      'BucketOperationFailed',
      /manifests/,
    ],
    [
      'sasToken',
      { url: BLOB, auth: { kind: 'sasToken', token: 's' } },
      blob({ accountKey: 's' }),
      blob({ sasToken: 's' }),
      'BucketOperationFailed',
      /manifests/,
    ],
    [
      'managedIdentity',
      { url: BLOB, auth: { kind: 'managedIdentity', clientId: 'id' } },
      blob(),
      blob({ managedIdentity: { clientId: 'id' } }),
      'BucketOperationFailed',
      /manifests/,
    ],
    [
      'workloadIdentity',
      { url: REGISTRY, auth: { kind: 'workloadIdentity' } },
      oci(),
      oci({ useWorkloadIdentity: true }),
      'AuthenticationFailed',
      /failed to get credential from 'registry.example'/,
    ],
    [
      'serviceAccount',
      { url: REGISTRY, auth: { kind: 'serviceAccount', name: 'sa' } },
      oci(),
      oci({ serviceAccountName: 'sa' }),
      'OCIArtifactPullFailed',
      /DENIED/,
    ],
    [
      'tls',
      { url: REGISTRY, auth: { kind: 'tls', privateKeyContains: 'KEY' } },
      oci({ tlsConfig: { privateKey: '<redacted>' } }),
      oci({ tlsConfig: { privateKey: base64('KEY') } }),
      'OCIArtifactPullFailed',
      /x509/,
    ],
    [
      'localSecret',
      { url: HTTPS, auth: { kind: 'localSecret' }, localAuthRef: 'our-secret' },
      git(HTTPS, { localAuthRef: 'other' }),
      git(HTTPS, { localAuthRef: 'our-secret' }),
      'AuthenticationFailed',
      /secret 'flux-config\/other'.*not found/,
    ],
  ];

  it.each(cases)(
    '%s: refuses without, lets in with what it asks for',
    async (_, source, wrong, right, reason, text) => {
      const at = await bench();
      const of = healthy(at.azure);
      expect((await at.admin('PUT', '/admin/sources', source)).status).toBe(200);
      const refused = await apply(at, of, wrong);
      expect(refused).toMatchObject({
        provisioningState: 'Succeeded',
        errorMessage: '',
        complianceState: 'Non-Compliant',
      });
      expect(condition(refused, 'cluster-config')).toMatchObject({ status: 'False', reason, message: textLike(text) });
      expect(condition(refused, 'cluster-config-infra')).toMatchObject({ status: 'False', reason: 'ArtifactFailed' });
      expect(await apply(at, of, right)).toMatchObject({ complianceState: 'Compliant' });
    },
  );

  it('takes a local secret in place of a key', async () => {
    const at = await bench();
    const auth = { kind: 'https', user: 'u', key: 'k' };
    await at.admin('PUT', '/admin/sources', { url: HTTPS, auth, localAuthRef: 'git-key' });
    const now = await apply(at, healthy(at.azure), git(HTTPS, { localAuthRef: 'git-key' }));
    expect(now.complianceState).toBe('Compliant');
  });

  it('lets a generated SSH key in once it was added at the host', async () => {
    const at = await bench();
    const [of, other] = at.azure.fleet.clusters.filter(
      ({ extensions, failure, offlineSinceMs }) =>
        extensions.size > 0 && failure === undefined && offlineSinceMs === undefined,
    );
    await at.admin('PUT', '/admin/sources', { url: SSH, auth: { kind: 'ssh' } });
    const refused = await apply(at, of!, git(SSH));
    const elsewhere = await apply(at, other!, git(SSH));
    expect(refused.complianceState).toBe('Non-Compliant');
    expect(refused.repositoryPublicKey).toMatch(/^ssh-rsa /);
    expect(elsewhere.repositoryPublicKey).not.toBe(refused.repositoryPublicKey);
    const auth = { kind: 'ssh', publicKeys: [refused.repositoryPublicKey] };
    await at.admin('PUT', '/admin/sources', { url: SSH, auth });
    expect((await settle(at, of!)).complianceState).toBe('Compliant');
    expect((await settle(at, other!)).complianceState).toBe('Non-Compliant');
  });

  it('is open again with null, and no answer shows its values', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    const auth = { kind: 'https', user: 'u', key: 'very-secret' };
    const answer = await at.admin('PUT', '/admin/sources', { url: HTTPS, auth });
    expect(answer.body).toEqual({ sources: [{ url: HTTPS, kind: 'https', localAuthRef: null }] });
    const secrets = { httpsKey: base64('very-secret') };
    const now = await apply(at, of, git(HTTPS, { httpsUser: 'wrong' }, secrets));
    expect(now.complianceState).toBe('Non-Compliant');
    const shown = await Promise.all(
      ['sources', 'clusters', 'journal', 'metrics', `objects/${of.name}`].map((each) =>
        at.admin('GET', `/admin/${each}`),
      ),
    );
    const texts = JSON.stringify([now, ...shown.map(({ body }) => body)]);
    expect(texts).not.toContain('very-secret');
    expect(texts).not.toContain(secrets.httpsKey);
    await at.admin('PUT', '/admin/sources', { url: HTTPS, auth: null });
    expect((await settle(at, of)).complianceState).toBe('Compliant');
  });

  it('checks what describes it without repeating values', async () => {
    const at = await bench();
    const { status, body } = await at.admin('PUT', '/admin/sources', {
      url: HTTPS,
      auth: { kind: 'https', key: 'sesame' },
    });
    expect([status, body.error.code]).toEqual([400, 'InvalidAdminRequest']);
    expect(body.error.message).not.toContain('sesame');
  });
});
