import { z } from 'zod';
import {
  HOOK_DELIVERIES_PER_MINUTE_MAX,
  HOOK_REPOSITORIES_MAX,
  POINTER_LENGTH_MAX,
  REPOSITORY_LENGTH_MAX,
} from './limits.ts';
import { ClusterReport, Push, SourceKind } from './push.ts';
import { SecretReference } from './secret-reference.ts';

/** Who sends deliveries. It comes from the route, never from headers: Gitea sends GitHub's headers too. */
export const ProviderName = z.enum([
  'github',
  'gitlab',
  'bitbucket',
  'bitbucket-server',
  'azure-devops',
  'gitea',
  'acr',
  'oci',
  'flux',
  'generic',
]);
export type ProviderName = z.infer<typeof ProviderName>;

/** Name of a hook. */
export const HookName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and -');

/** RFC 6901. */
const JsonPointer = z
  .string()
  .max(POINTER_LENGTH_MAX)
  .regex(/^(\/([^~/]|~[01])*)*$/, 'must be a JSON pointer such as /push/commit');

/** Where a generic delivery says what; each a JSON pointer into its body. */
export const FieldMapping = z.strictObject({
  source: SourceKind.default('git'),
  repository: JsonPointer,
  /** `refs/heads/…`, `refs/tags/…`, or the name of a branch (of a tag, for OCI). */
  ref: JsonPointer,
  after: JsonPointer,
  before: JsonPointer.optional(),
  /** ISO 8601, or seconds since the epoch. */
  at: JsonPointer.optional(),
  /** A list of paths. */
  changedPaths: JsonPointer.optional(),
});
export type FieldMapping = z.infer<typeof FieldMapping>;

/** One way in for deliveries: the body of `PUT /api/hooks/{name}`. Deliveries go to `POST /api/webhooks/{provider}/{name}`. */
export const Hook = z
  .strictObject({
    provider: ProviderName,
    /** What deliveries are signed with (or, for Azure DevOps and registries, what they send). */
    secret: SecretReference,
    /** The former one, while the provider is being moved to the new one. */
    previousSecret: SecretReference.optional(),
    /** Repositories that it may speak for, as globs over normalised names; absent: any. */
    repositories: z.array(z.string().min(1).max(REPOSITORY_LENGTH_MAX)).min(1).max(HOOK_REPOSITORIES_MAX).optional(),
    deliveriesPerMinute: z.number().int().min(1).max(HOOK_DELIVERIES_PER_MINUTE_MAX).default(600),
    mapping: FieldMapping.optional(),
  })
  .superRefine(({ provider, mapping }, ctx) => {
    if ((provider === 'generic') === (mapping !== undefined)) return;
    const message =
      mapping === undefined
        ? 'is missing: provider generic needs to know where its deliveries say what'
        : `is for provider generic; what ${provider} sends is known`;
    ctx.addIssue({ code: 'custom', path: ['mapping'], message });
  });
export type Hook = z.infer<typeof Hook>;

export const DeliveryOutcome = z.enum(['Accepted', 'Ignored', 'Rejected']);
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>;

/** What a delivery came to for one definition. */
export const DeliveryResult = z.object({
  definition: z.string(),
  code: z.string(),
  detail: z.string(),
  rolloutId: z.string().optional(),
});
export type DeliveryResult = z.infer<typeof DeliveryResult>;

/** One delivery, as it is stored and shown. Never its body nor its signature. Times are milliseconds since the epoch. */
export const DeliveryRecord = z.object({
  schema: z.literal(1),
  /** Ours, a ULID; the provider's own stands in `deliveryId`. */
  id: z.string(),
  at: z.number(),
  provider: z.string(),
  hook: z.string(),
  /** By which the provider names it; absent when it was refused before that was known. */
  deliveryId: z.string().optional(),
  bodyHash: z.string().optional(),
  outcome: DeliveryOutcome,
  /** Why it was ignored or rejected; of an accepted one, what it was. */
  code: z.string(),
  detail: z.string(),
  pushes: z.array(Push).default([]),
  reports: z.array(ClusterReport).default([]),
  /** Absent until the pushes were held against the definitions that follow them. */
  processedAt: z.number().optional(),
  results: z.array(DeliveryResult).default([]),
  /** How often a person sent it in again. */
  redeliveries: z.number().int().default(0),
  /** Rejected ones of the same process before this one that no record was written of, so that a flood does not fill the table. */
  unrecordedBefore: z.number().int().default(0),
});
export type DeliveryRecord = z.infer<typeof DeliveryRecord>;

/** True when what the list says of a delivery is as new as `record`, or newer: it was processed, or a person has sent it in again. */
export function isOutdated(record: DeliveryRecord, listed: DeliveryRecord | undefined): boolean {
  if (listed === undefined || listed.redeliveries < record.redeliveries) return false;
  return listed.redeliveries > record.redeliveries || listed.processedAt !== undefined;
}
