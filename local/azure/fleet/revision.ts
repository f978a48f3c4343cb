import type { FluxSpec } from '../resources/flux-schema.ts';
import type { Fleet } from './fleet.ts';

/**
 * What the source of a configuration resolves to now, in the form of `sourceSyncedCommitId`: `main@sha1:<commit>` for Git,
 * a digest for storage. Precedence commit > semver > tag > branch (azure.md 3.3).
 */
export function resolveRevision(fleet: Fleet, spec: FluxSpec): string {
  const git = spec.gitRepository;
  if (git === null) {
    const url = spec.bucket?.url ?? spec.azureBlob?.url ?? '';
    const container = spec.bucket?.bucketName ?? spec.azureBlob?.containerName ?? '';
    return `sha256:${fleet.head(url, container)}`;
  }
  const reference = movingReference(spec);
  const commit = git.repositoryRef?.commit;
  if (commit !== undefined && commit !== null) {
    const branch = git.repositoryRef?.branch;
    return branch === null || branch === undefined ? `sha1:${commit}` : `${branch}@sha1:${commit}`;
  }
  return `${reference}@sha1:${fleet.head(git.url, reference)}`;
}

/** The tag or branch that a Git source follows (a version range stands for the lowest version in it), else `''`. */
export function movingReference(spec: FluxSpec): string {
  const reference = spec.gitRepository?.repositoryRef;
  if (reference?.semver !== undefined && reference.semver !== null) return lowestVersion(reference.semver);
  return reference?.tag ?? reference?.branch ?? 'master';
}

function lowestVersion(range: string): string {
  const [major = '0', minor = '0', patch = '0'] = range.match(/\d+/g) ?? [];
  return `v${major}.${minor}.${patch}`;
}
