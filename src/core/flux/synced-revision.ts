/** What a source is at: `raw` as the agent wrote it, and what can be read out of it. */
export interface SyncedRevision {
  readonly raw: string;
  /** Branch, tag or range that was followed. */
  readonly ref?: string;
  /** Commit of a Git source. */
  readonly commit?: string;
  /** Digest of a bucket, a blob container or an OCI artifact, `sha256:…`. */
  readonly digest?: string;
}

/** `REF@sha256:HEX` since Flux 2.0, `REF/HEX` before it; without REF where nothing was followed. */
const REVISION =
  /^(?:(?<ref>.+)[@/])?(?:(?<algorithm>sha1|sha256|sha384|sha512):)?(?<hex>[0-9a-f]{40}|[0-9a-f]{64,128})$/;

/** Reads `sourceSyncedCommitId`. What has none of the known forms is kept as `raw` alone. */
export function parseSyncedRevision(raw: string, sourceKind: string | undefined): SyncedRevision {
  const groups = REVISION.exec(raw)?.groups;
  if (groups?.hex === undefined) return { raw };
  const { ref, algorithm = 'sha256', hex } = groups;
  const at = sourceKind === 'GitRepository' ? { commit: hex } : { digest: `${algorithm}:${hex}` };
  return { raw, ...(ref !== undefined && { ref }), ...at };
}
