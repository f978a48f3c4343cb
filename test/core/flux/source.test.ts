import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { pinnedRevision, sourceOf, sourceUrl } from '../../../src/core/flux/source.ts';
import { blob, bucket, COMMIT, DIGEST, git, oci } from '../../contracts/flux/raw.ts';

describe('the source of a configuration', () => {
  it.each([
    ['GitRepository', git(), 'https://git.example/org/shop', COMMIT],
    ['GitRepository', git({ repositoryRef: { branch: 'main' } }), 'https://git.example/org/shop', undefined],
    ['Bucket', bucket(), 'https://minio.example', undefined],
    ['AzureBlob', blob(), 'https://acct.blob.core.windows.net', undefined],
    ['OCIRepository', oci(), 'oci://ghcr.io/org/shop', DIGEST],
    ['OCIRepository', oci({ repositoryRef: { tag: 'v1' } }), 'oci://ghcr.io/org/shop', undefined],
  ])('is a %s with its url and what pins it', (kind, raw, url, pinned) => {
    const configuration = Configuration.parse(raw);
    expect(sourceOf(configuration).kind).toBe(kind);
    expect(sourceOf(configuration).block.url).toBe(url);
    expect(sourceUrl(configuration)).toBe(url);
    expect(pinnedRevision(configuration)).toBe(pinned);
  });
});
