import { describe, expect, it } from 'vitest';
import { parseSyncedRevision } from '../../../src/core/flux/synced-revision.ts';

const SHA1 = '4f1bdad4d0a54b939a5e3d52c51464f67e474fcf';
const SHA256 = 'a'.repeat(64);

describe('[api.sourceSyncedRevision] what a source is at', () => {
  it.each([
    [`main/${SHA1}`, { ref: 'main', commit: SHA1 }],
    [`main@sha1:${SHA1}`, { ref: 'main', commit: SHA1 }],
    [`release/1.2/${SHA1}`, { ref: 'release/1.2', commit: SHA1 }],
    [`refs/heads/feature/x@sha1:${SHA1}`, { ref: 'refs/heads/feature/x', commit: SHA1 }],
    [`main@sha256:${SHA256}`, { ref: 'main', commit: SHA256 }],
    [`sha1:${SHA1}`, { commit: SHA1 }],
    [SHA1, { commit: SHA1 }],
  ])('is read out of %s for Git', (raw, expected) => {
    expect(parseSyncedRevision(raw, 'GitRepository')).toEqual({ raw, ...expected });
  });

  it.each([
    ['OCIRepository', `latest@sha256:${SHA256}`, { ref: 'latest', digest: `sha256:${SHA256}` }],
    ['OCIRepository', `6.3.5/${SHA256}`, { ref: '6.3.5', digest: `sha256:${SHA256}` }],
    ['Bucket', `sha256:${SHA256}`, { digest: `sha256:${SHA256}` }],
    ['AzureBlob', SHA256, { digest: `sha256:${SHA256}` }],
  ])('is a digest for %s: %s', (kind, raw, expected) => {
    expect(parseSyncedRevision(raw, kind)).toEqual({ raw, ...expected });
  });

  it.each(['main', 'main/4f1bdad', `main@md5:${SHA1}`, `main@sha1:${SHA1} `])('stays as it is when it is %j', (raw) => {
    expect(parseSyncedRevision(raw, 'GitRepository')).toEqual({ raw });
  });
});
