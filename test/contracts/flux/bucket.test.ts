import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { bucket, problemsOf, VAULT_SECRET } from './raw.ts';

const withoutKey = { configurationProtectedSettings: undefined };

describe('a bucket', () => {
  it('[bucket.insecure] speaks HTTPS unless the plan says otherwise, and always says so', () => {
    expect(Configuration.parse(bucket()).bucket?.insecure).toBe(false);
    expect(Configuration.parse(bucket({ insecure: true })).bucket?.insecure).toBe(true);
    expect(problemsOf(bucket({ insecure: 'false' }))).toEqual([expect.stringMatching(/^bucket\.insecure: /)]);
  });

  it.each([
    ['[bucket.url] over HTTPS', bucket()],
    ['[bucket.url] over HTTP, with a port and a path', bucket({ url: 'http://minio.local:9000/s3' })],
    ['[bucket.accessKey] with access key and secret key', bucket()],
    [
      '[bucket.localAuthRef] with a secret in the cluster',
      bucket({ accessKey: undefined, localAuthRef: 'minio' }, withoutKey),
    ],
  ])('%s', (_what, raw) => {
    expect(problemsOf(raw)).toEqual([]);
  });

  it.each([
    [
      '[bucket.url] of another scheme',
      bucket({ url: 's3://shop' }),
      ['bucket.url: must be an https:// or http:// URL'],
    ],
    [
      '[bucket.url] with user info',
      bucket({ url: 'https://AKIA:hunter2@minio.example' }),
      ['bucket.url: carries user info'],
    ],
    ['[bucket.bucketName] missing', bucket({ bucketName: undefined }), ['bucket.bucketName: ']],
    ['[bucket.bucketName] of 64 characters', bucket({ bucketName: 'x'.repeat(64) }), ['bucket.bucketName: ']],
    ['[bucket.accessKey] alone', bucket({}, withoutKey), ['bucket.accessKey: needs']],
    [
      '[protected.bucketSecretKey] alone',
      bucket({ accessKey: undefined }),
      ['bucket: names no credentials', 'configurationProtectedSettings.bucketSecretKey: needs'],
    ],
    [
      '[bucket.accessKey] no credentials',
      bucket({ accessKey: undefined }, withoutKey),
      ['bucket: names no credentials'],
    ],
    [
      '[bucket.localAuthRef] beside an access key',
      bucket({ localAuthRef: 'minio' }),
      ['bucket.localAuthRef: cannot stand'],
    ],
    [
      '[protected.httpsKey] of another kind',
      bucket({}, { configurationProtectedSettings: { bucketSecretKey: VAULT_SECRET, httpsKey: VAULT_SECRET } }),
      ['configurationProtectedSettings.httpsKey: is for sourceKind GitRepository'],
    ],
  ])('is refused: %s', (_what, raw, why) => {
    expect(problemsOf(raw)).toEqual(why.map((text) => expect.stringContaining(text) as string));
  });
});
