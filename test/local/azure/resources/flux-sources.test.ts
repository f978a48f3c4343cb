import { describe, expect, it } from 'vitest';
import { bench, COMMIT, configurationPath, gitBody, healthy } from '../support.ts';

const DIGEST = `sha256:${'c'.repeat(64)}`;
const SECRET = 'c2VjcmV0LXZhbHVl';
const OCI = {
  url: 'oci://registry.example/org/manifests',
  repositoryRef: { tag: '1.2.3' },
  layerSelector: { mediaType: 'application/vnd.x' },
  verify: { provider: 'cosign', verificationConfig: { 'cosign.pub': SECRET } },
  tlsConfig: { caCertificate: SECRET, privateKey: SECRET },
};

function ociBody(ociRepository: Record<string, unknown> = OCI) {
  return { properties: { sourceKind: 'OCIRepository', ociRepository, kustomizations: { k: {} } } };
}

describe('OCIRepository', () => {
  it('is taken with its defaults, and its secrets come back redacted', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    const { status, body } = await call('PUT', path, ociBody());
    expect(status).toBe(201);
    expect(body.properties.ociRepository).toEqual({
      url: 'oci://registry.example/org/manifests',
      timeoutInSeconds: 600,
      syncIntervalInSeconds: 600,
      repositoryRef: { tag: '1.2.3', semver: null, digest: null },
      layerSelector: { mediaType: 'application/vnd.x', operation: 'extract' },
      verify: { provider: 'cosign', verificationConfig: { 'cosign.pub': '<redacted>' }, matchOidcIdentity: null },
      insecure: false,
      useWorkloadIdentity: false,
      serviceAccountName: null,
      tlsConfig: { caCertificate: '<redacted>', clientCertificate: null, privateKey: '<redacted>' },
      localAuthRef: null,
    });
    expect(JSON.stringify(azure.journal.writes)).not.toContain(SECRET);
    expect(JSON.stringify((await call('GET', path)).body)).not.toContain(SECRET);
  });

  it.each([
    ['a url of another scheme', { url: 'https://registry.example/org' }],
    ['an unknown operation', { ...OCI, layerSelector: { operation: 'unpack' } }],
    ['an identity without a subject', { ...OCI, verify: { provider: 'cosign', matchOidcIdentity: [{ issuer: 'x' }] } }],
  ])('is refused with %s', async (_, ociRepository) => {
    const { azure, call } = await bench();
    const { status, body } = await call('PUT', configurationPath(healthy(azure)), ociBody(ociRepository));
    expect([status, body.error.code]).toEqual([400, 'ValidationFailed']);
  });

  it('can be changed from Git by PATCH, and pinned to a digest', async () => {
    const { azure, call, clock } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, gitBody());
    const ociRepository = { url: OCI.url, repositoryRef: { digest: DIGEST, tag: 'x' } };
    const properties = { sourceKind: 'OCIRepository', ociRepository, gitRepository: null };
    expect((await call('PATCH', path, { properties })).body.properties.gitRepository).toBeNull();
    clock.advance(60_000);
    expect((await call('GET', path)).body.properties.sourceSyncedCommitId).toBe(DIGEST);
  });
});

describe('api-versions of fluxConfigurations', () => {
  it.each(['2023-05-01', '2024-11-01', '2025-04-01'])('%s is known', async (version) => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    expect((await call('PUT', `${path}?api-version=${version}`, gitBody())).status).toBe(201);
  });

  it('2024-12-01 is none: the gateway answers', async () => {
    const { azure, call } = await bench();
    const path = `${configurationPath(healthy(azure))}?api-version=2024-12-01`;
    const { status, body, headers } = await call('PUT', path, gitBody());
    expect([status, body.error.code]).toEqual([404, 'InvalidResourceType']);
    expect(headers.get('x-ms-failure-cause')).toBe('gateway');
  });

  it('2023-05-01 takes no OCI source and does not show one', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    const refused = await call('PUT', `${path}?api-version=2023-05-01`, ociBody());
    expect([refused.status, refused.body.error.code]).toEqual([400, 'ValidationFailed']);
    await call('PUT', path, ociBody());
    const { properties } = (await call('GET', `${path}?api-version=2023-05-01`)).body;
    expect(properties.sourceKind).toBe('OCIRepository');
    expect(properties).not.toHaveProperty('ociRepository');
    const list = await call('GET', `${path.replace(/\/[^/]+$/, '')}?api-version=2023-05-01`);
    expect(list.body.value[0]!.properties).not.toHaveProperty('ociRepository');
  });

  it('know the provider of a Git source from 2024-11-01, GitHub from 2025-04-01', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    const put = async (version: string, provider: string) => {
      const gitRepository = { url: 'https://git.example/a', provider };
      return call('PUT', `${path}?api-version=${version}`, gitBody(COMMIT, { gitRepository }));
    };
    const old = await put('2023-05-01', 'azure');
    expect(old.status).toBe(201);
    expect(old.body.properties.gitRepository).not.toHaveProperty('provider');
    expect((await call('GET', path)).body.properties.gitRepository).toMatchObject({ provider: null });
    expect((await put('2024-11-01', 'azure')).body.properties.gitRepository).toMatchObject({ provider: 'azure' });
    expect((await put('2024-11-01', 'GitHub')).body.error.code).toBe('ValidationFailed');
    expect((await put('2025-04-01', 'GitHub')).status).toBe(200);
    expect((await put('2025-04-01', 'GitLab')).body.error.code).toBe('ValidationFailed');
  });

  it('a PATCH at an old version leaves an OCI source as it is', async () => {
    const { azure, call } = await bench();
    const path = configurationPath(healthy(azure));
    await call('PUT', path, ociBody());
    const patch = { properties: { suspend: true, ociRepository: null } };
    expect((await call('PATCH', `${path}?api-version=2023-05-01`, patch)).status).toBe(202);
    expect((await call('GET', path)).body.properties).toMatchObject({ suspend: true, ociRepository: { url: OCI.url } });
  });
});
