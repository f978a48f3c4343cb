import { z } from 'zod';
import { CHANGED_PATHS_MAX, PATH_LENGTH_MAX, REF_LENGTH_MAX, REPOSITORY_LENGTH_MAX } from './limits.ts';

/** A commit (SHA-1 or SHA-256) of a Git repository, or the digest of an OCI artifact: what a rollout pins. */
export const Commit = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64}|sha256:[0-9a-f]{64})$/, 'must be a full commit SHA or a sha256: digest');
export type Commit = z.infer<typeof Commit>;

/** A branch or tag, without `refs/heads/` or `refs/tags/`. Compared with case, as Git does. */
export const Ref = z.object({ kind: z.enum(['branch', 'tag']), name: z.string().min(1).max(REF_LENGTH_MAX) });
export type Ref = z.infer<typeof Ref>;

/** Where a revision comes from: a Git repository or an OCI one. */
export const SourceKind = z.enum(['git', 'oci']);
export type SourceKind = z.infer<typeof SourceKind>;

/**
 * One ref that moved, in the words of Flotilla: what every provider's delivery and every poll are translated into.
 * Times are milliseconds since the epoch.
 */
export const Push = z.object({
  source: SourceKind,
  /** Normalised: `github.com/contoso/fleet`, `contoso.azurecr.io/fleet/config` (`contracts/repository.ts`). */
  repository: z.string().min(1).max(REPOSITORY_LENGTH_MAX),
  ref: Ref,
  /** Where the ref stood before; null when it did not exist; absent when the provider does not say. */
  before: Commit.nullable().optional(),
  /** Where it stands now; null when it was deleted. */
  after: Commit.nullable(),
  /** When it was pushed, by the provider's clock; absent when it does not say. */
  at: z.number().optional(),
  /** Files that were added, changed or removed; absent when the provider does not say or there are too many. */
  changedPaths: z.array(z.string().max(PATH_LENGTH_MAX)).max(CHANGED_PATHS_MAX).optional(),
  /** The provider says that history was rewritten. */
  forced: z.boolean().optional(),
  /** Who pushed, as the provider names them. */
  by: z.string().max(128).optional(),
});
export type Push = z.infer<typeof Push>;

/** What the Flux of one cluster told about itself: a reason to look at the cluster early, never evidence. */
export const ClusterReport = z.object({
  /** ARM id. */
  clusterId: z.string().min(1).max(512),
  /** Name of the configuration, when the event says which. */
  configuration: z.string().max(63).optional(),
});
export type ClusterReport = z.infer<typeof ClusterReport>;
