import { sourceOf, type FluxSpec } from '../resources/flux-schema.ts';
import type { Fleet } from './fleet.ts';

/**
 * What the source of a configuration resolves to now, in the form of `sourceSyncedCommitId`: `main@sha1:<commit>` for Git,
 * `sha256:<digest>` for buckets and containers, `<tag>@sha256:<digest>` for OCI, or the pinned digest alone.
 */
export function resolveRevision(fleet: Fleet, spec: FluxSpec): string {
  const pinned = pinnedRevision(spec);
  if (pinned !== undefined) return pinned;
  const { url } = sourceOf(spec);
  const reference = movingReference(fleet, spec) ?? '';
  switch (spec.sourceKind) {
    case 'GitRepository':
      return `${reference}@sha1:${fleet.head(url, reference)}`;
    case 'Bucket':
    case 'AzureBlob':
      return `sha256:${fleet.digest(url, reference)}`;
    case 'OCIRepository':
      return `${reference}@sha256:${fleet.digest(url, reference)}`;
  }
}

/**
 * The branch, tag, bucket or container that a source follows: the version of a range stands for its tag, and an OCI source
 * without a reference follows `latest`. Precedence commit > semver > tag > branch, digest > semver > tag (azure.md 3.3).
 *
 * @returns undefined for a source that is pinned to a commit or digest
 */
export function movingReference(fleet: Fleet, spec: FluxSpec): string | undefined {
  if (pinnedRevision(spec) !== undefined) return undefined;
  const { url } = sourceOf(spec);
  const git = spec.gitRepository?.repositoryRef;
  const oci = spec.ociRepository?.repositoryRef;
  const range = git?.semver ?? oci?.semver;
  switch (spec.sourceKind) {
    case 'GitRepository':
      return isGiven(range) ? version(fleet, url, range, 'v') : (git?.tag ?? git?.branch ?? 'master');
    case 'OCIRepository':
      return isGiven(range) ? version(fleet, url, range, '') : (oci?.tag ?? 'latest');
    case 'Bucket':
      return spec.bucket?.bucketName;
    case 'AzureBlob':
      return spec.azureBlob?.containerName;
  }
}

function pinnedRevision(spec: FluxSpec): string | undefined {
  const digest = spec.ociRepository?.repositoryRef?.digest;
  if (isGiven(digest)) return digest;
  const git = spec.gitRepository?.repositoryRef;
  if (!isGiven(git?.commit)) return undefined;
  return isGiven(git.branch) ? `${git.branch}@sha1:${git.commit}` : `sha1:${git.commit}`;
}

/** Until a version is published for a range, the lowest one in it stands for it. */
function version(fleet: Fleet, url: string, range: string, prefix: string): string {
  const [major = '0', minor = '0', patch = '0'] = range.match(/\d+/g) ?? [];
  return fleet.publishedVersion(url, range) ?? `${prefix}${major}.${minor}.${patch}`;
}

function isGiven(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}
