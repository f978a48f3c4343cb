import { describe, expect, it } from 'vitest';
import { bench, condition, configurationPath, gitBody, healthy, OTHER_COMMIT, textLike } from '../support.ts';
import { apply, blob, bucket, BUCKET, git, HTTPS, oci, REGISTRY, settle } from './source-bodies.ts';

const DIGEST = 'd'.repeat(64);

describe('revisions', () => {
  it.each([
    ['a bucket', bucket(), 'Bucket', /^sha256:[0-9a-f]{64}$/],
    ['a container', blob(), 'Bucket', /^sha256:[0-9a-f]{64}$/],
    ['an OCI source', oci(), 'OCIRepository', /^latest@sha256:[0-9a-f]{64}$/],
    ['an OCI tag', oci({ repositoryRef: { tag: '6.1.0' } }), 'OCIRepository', /^6\.1\.0@sha256:[0-9a-f]{64}$/],
    ['an OCI range', oci({ repositoryRef: { semver: '>=2.3.0', tag: 'x' } }), 'OCIRepository', /^2\.3\.0@sha256:/],
    [
      'a Git tag',
      git(HTTPS, { repositoryRef: { tag: 'v9', branch: 'main' } }),
      'GitRepository',
      /^v9@sha1:[0-9a-f]{40}$/,
    ],
    ['a Git range', git(HTTPS, { repositoryRef: { semver: '~1.2' } }), 'GitRepository', /^v1\.2\.0@sha1:[0-9a-f]{40}$/],
  ])('of %s', async (_, source, kind, revision) => {
    const at = await bench();
    const now = await apply(at, healthy(at.azure), source);
    expect(now).toMatchObject({ complianceState: 'Compliant', sourceSyncedCommitId: textLike(revision) });
    expect(now.statuses[0]).toMatchObject({ name: 'cluster-config', kind, appliedBy: null });
    expect(condition(now, 'cluster-config')!.message).toContain(now.sourceSyncedCommitId);
    expect(condition(now, 'cluster-config-infra')!.message).toContain(now.sourceSyncedCommitId);
  });

  it.each([
    [
      'a bucket',
      bucket({ syncIntervalInSeconds: 60 }),
      { url: BUCKET, reference: 'flux', commit: DIGEST },
      `sha256:${DIGEST}`,
    ],
    [
      'an OCI range',
      oci({ repositoryRef: { semver: '1.x' } }),
      { url: REGISTRY, reference: '1.x', version: '1.4.2', commit: DIGEST },
      `1.4.2@sha256:${DIGEST}`,
    ],
    [
      'a Git range',
      git(HTTPS, { repositoryRef: { semver: '1.x' } }),
      { url: HTTPS, reference: '1.x', version: 'v1.5.0', commit: OTHER_COMMIT },
      `v1.5.0@sha1:${OTHER_COMMIT}`,
    ],
  ])('of %s follow what is published', async (_, source, head, revision) => {
    const at = await bench();
    const of = healthy(at.azure);
    await apply(at, of, source);
    await at.admin('PUT', '/admin/heads', head);
    at.clock.advance(600_000);
    expect(await settle(at, of)).toMatchObject({ complianceState: 'Compliant', sourceSyncedCommitId: revision });
  });

  it('of a pinned commit stay', async () => {
    const at = await bench();
    const of = healthy(at.azure);
    await at.call('PUT', configurationPath(of), gitBody());
    const before = await settle(at, of);
    await at.admin('PUT', '/admin/heads', { url: HTTPS, reference: 'main', commit: OTHER_COMMIT });
    at.clock.advance(500_000);
    expect((await settle(at, of)).sourceUpdatedAt).toBe(before.sourceUpdatedAt);
  });
});
