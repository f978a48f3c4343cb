import { z } from 'zod';
import { Actor } from './actor.ts';
import { Duration, DurationOrZero } from './duration.ts';
import {
  DEFINITION_HOLDS_MAX,
  GLOBS_MAX,
  GLOB_LENGTH_MAX,
  POLLED_HEADS_MAX,
  REASON_LENGTH_MAX,
  REF_EDGES_MAX,
} from './limits.ts';
import { Commit, Ref, SourceKind } from './push.ts';
import { RolloutRequest } from './rollout-request.ts';
import { RolloutStatus } from './rollout-state.ts';
import { SecretReference } from './secret-reference.ts';
import { POLL_SECONDS_MIN } from './timing.ts';
import { HookName, ProviderName } from './webhook.ts';

/** Name of a definition: as a rollout's. */
export const DefinitionName = HookName;

const Glob = z.string().min(1).max(GLOB_LENGTH_MAX);

/** How a repository is asked for its refs when no webhook comes. */
const Poll = z.strictObject({
  /** Slower while nothing changes, and once an hour when webhooks come. */
  every: Duration.refine((seconds) => seconds >= POLL_SECONDS_MIN, {
    message: `must be at least ${POLL_SECONDS_MIN / 60}m`,
  }).default(180),
  /** `user:password` or a token; absent for public repositories. */
  credentials: SecretReference.optional(),
});

/**
 * What a definition follows: one moving ref of one repository. Of `branch`, `tag` (globs) and `semver` (a range over tags) exactly
 * one. Which repository kind it is follows from the URL: `oci://` or Git.
 */
export const Follows = z
  .strictObject({
    repository: z.string().min(1).max(2048),
    branch: Glob.optional(),
    tag: Glob.optional(),
    semver: z.string().min(1).max(250).optional(),
    /** Globs over changed files; a push that changes none of them starts nothing. Unknown changes count as a match. */
    paths: z.array(Glob).min(1).max(GLOBS_MAX).optional(),
    /** False: only webhooks. */
    poll: z.union([z.literal(false), Poll]).default(Poll.parse({})),
  })
  .superRefine(({ branch, tag, semver }, ctx) => {
    const given = [branch, tag, semver].filter((value) => value !== undefined).length;
    if (given !== 1) ctx.addIssue({ code: 'custom', message: 'must name exactly one of branch, tag and semver' });
  });
export type Follows = z.infer<typeof Follows>;

/** Hosts that show a status on a commit. */
export const StatusProvider = ProviderName.extract([
  'github',
  'gitlab',
  'bitbucket',
  'bitbucket-server',
  'azure-devops',
  'gitea',
]);
export type StatusProvider = z.infer<typeof StatusProvider>;

/** One status per rollout on its commit, at the provider of the repository. */
const CommitStatus = z.strictObject({
  /** Absent: told from the host of the repository. */
  provider: StatusProvider.optional(),
  credentials: SecretReference,
});

/** What happens to a revision that arrives while a rollout of an older one is at work. */
export const OnNewRevision = z.enum(['queue', 'supersede', 'ignoreWhileRunning']);
export type OnNewRevision = z.infer<typeof OnNewRevision>;

/** A stored rollout template that follows a repository: the body of `PUT /api/definitions/{name}`. Durations come out in seconds. */
export const Definition = z.strictObject({
  follows: Follows,
  /** A rollout request without name; in its configurations with this source, each revision is pinned. */
  rollout: RolloutRequest.omit({ name: true }),
  onNewRevision: OnNewRevision.default('queue'),
  /** How long a ref must stand still before its revision starts. */
  debounce: DurationOrZero.default(10),
  /** False: every rollout waits for an approval before its first stage. */
  autoStart: z.boolean().default(true),
  commitStatus: CommitStatus.optional(),
});
export type Definition = z.infer<typeof Definition>;

/** Body of `PUT /api/definitions/{name}/holds/{revision}`. */
export const HoldRequest = z.strictObject({
  reason: z.string('is required: say why').trim().min(1, 'is required: say why').max(REASON_LENGTH_MAX),
});
export type HoldRequest = z.infer<typeof HoldRequest>;

/** Body of `POST /api/definitions/{name}/start`: rolls out the revision it is at, or a given one, now. */
export const StartRequest = z.strictObject({
  revision: Commit.optional(),
  reason: HoldRequest.shape.reason,
});
export type StartRequest = z.infer<typeof StartRequest>;

const time = z.number();

/** A revision that must not start. */
export const Hold = z.object({ revision: Commit, reason: z.string(), by: Actor, at: time });
export type Hold = z.infer<typeof Hold>;

/** A commit on a ref of a repository: what one rollout of a definition pins. */
export const Revision = z.object({
  source: SourceKind,
  repository: z.string(),
  ref: Ref,
  commit: Commit,
  /** When it was pushed, or else received. */
  at: time,
  by: z.string().optional(),
  /** It did not follow from what the ref was before: a force push or a moved tag. */
  forced: z.boolean().optional(),
});
export type Revision = z.infer<typeof Revision>;

/** One move of a ref, as it was told: the order of pushes is found from these, whatever order they come in. */
export const RefEdge = z.object({
  before: Commit.nullable().optional(),
  after: Commit.nullable(),
  /** Pushed at, or else received at. */
  at: time,
  receivedAt: time,
  /** The provider said when it was pushed. */
  timed: z.boolean(),
  /** False: its changes are known and the path filters let none through. */
  matches: z.boolean(),
  by: z.string().optional(),
  forced: z.boolean().optional(),
  polled: z.boolean().optional(),
});
export type RefEdge = z.infer<typeof RefEdge>;

/** What is known of one ref: its latest moves, oldest received first. */
export const RefState = z.object({ ref: Ref, edges: z.array(RefEdge).max(REF_EDGES_MAX) });
export type RefState = z.infer<typeof RefState>;

/** Why the next revision has not started (product, "Explainable"). */
export const DefinitionWaiting = z.object({
  code: z.string(),
  detail: z.string(),
  since: time,
  nextCheckAt: time,
  blockedBy: z.string().optional(),
});
export type DefinitionWaiting = z.infer<typeof DefinitionWaiting>;

/** The revision that starts next. */
export const PendingRevision = z.object({
  revision: Revision,
  generation: z.number().int(),
  rolloutId: z.string(),
  /** The rollout that knows `rolloutId` as what takes its place. */
  supersedes: z.string().optional(),
  since: time,
  notBefore: time,
  /** The person who asked for it; absent when a push or a poll brought it. */
  startedBy: Actor.optional(),
  waiting: DefinitionWaiting.optional(),
});
export type PendingRevision = z.infer<typeof PendingRevision>;

/** The rollout at work: written with its id before it is submitted, so that one that was cut short is submitted again and never twice. */
export const RunningRevision = z.object({
  revision: Revision,
  generation: z.number().int(),
  rolloutId: z.string(),
  /** Of the definition. */
  version: z.number().int(),
  since: time,
  startedBy: Actor.optional(),
  /** The rollout exists. */
  submitted: z.boolean(),
});
export type RunningRevision = z.infer<typeof RunningRevision>;

/** What polls of the repository came to. */
export const Polled = z.object({
  /** The last one. */
  at: time,
  nextAt: time,
  /** When one last saw something that no webhook had told. */
  changedAt: time,
  /** In a row. */
  failures: z.number().int(),
  failure: z.string().optional(),
  /** Why polls start nothing, when that is as it should be. */
  note: z.string().optional(),
  /** What was followed at the last one that succeeded, and where its refs stood: what differs next time has moved. */
  follows: z.string().optional(),
  heads: z
    .array(z.object({ name: z.string(), commit: Commit }))
    .max(POLLED_HEADS_MAX)
    .default([]),
});
export type Polled = z.infer<typeof Polled>;

/** A definition as it is stored, with all that decides what starts next. Times are milliseconds since the epoch. */
export const DefinitionRecord = z.object({
  schema: z.literal(1),
  name: z.string(),
  /** Tells a definition from an earlier one of the same name. */
  id: z.string(),
  version: z.number().int().positive(),
  createdAt: time,
  changedAt: time,
  changedBy: Actor,
  definition: Definition,
  /** Normalised name of what it follows. */
  repository: z.string(),
  holds: z.array(Hold).max(DEFINITION_HOLDS_MAX),
  refs: z.array(RefState),
  /** Rises with every revision that becomes the one to roll out. */
  generation: z.number().int().nonnegative(),
  /** The revision that the fleet is to end on, as far as is known: pending, running, rolled out, held or ignored. */
  target: Revision.optional(),
  pending: PendingRevision.optional(),
  running: RunningRevision.optional(),
  /** The last rollout that ended. */
  last: z.object({ revision: Revision, rolloutId: z.string(), status: RolloutStatus, endedAt: time }).optional(),
  webhookSeenAt: time.optional(),
  polled: Polled.optional(),
  /** Looking at it failed every time a message asked for it, the last time at `at`; it is tried again after a while. */
  fault: z.object({ at: time, detail: z.string() }).optional(),
});
export type DefinitionRecord = z.infer<typeof DefinitionRecord>;

/** What was decided about one revision: every accepted one ends in exactly one rollout or one recorded reason. */
export const DecisionCode = z.enum([
  /** It is next; it starts when nothing is in its way. */
  'Pending',
  /** It became a rollout. */
  'Started',
  /** A newer one took its place before it started. */
  'Replaced',
  /** It is older than what is known of that ref, or was known already. */
  'AlreadyKnown',
  'OlderRevision',
  /** A lower version than the one that a semver range picks. */
  'LowerVersion',
  'NoPathMatch',
  'Held',
  'IgnoredWhileRunning',
  'RefDeleted',
  /** The rollout could not be planned; the detail says why. */
  'Refused',
  /** The rollout ended. */
  'Ended',
  /** Its commit could not be told how the rollout goes; the rollout does not depend on that. */
  'StatusNotSet',
]);
export type DecisionCode = z.infer<typeof DecisionCode>;

/** One line of a definition's history. */
export const Decision = z.object({
  /** ULID: newest are found first. */
  id: z.string(),
  at: time,
  code: DecisionCode,
  detail: z.string(),
  ref: Ref,
  commit: Commit.nullable(),
  generation: z.number().int().optional(),
  rolloutId: z.string().optional(),
  /** Delivery that led to it; absent for polls and timers. */
  deliveryId: z.string().optional(),
});
export type Decision = z.infer<typeof Decision>;

/** What a definition was at one version. */
export const DefinitionVersion = z.object({
  schema: z.literal(1),
  version: z.number().int().positive(),
  at: time,
  by: Actor,
  definition: Definition,
});
export type DefinitionVersion = z.infer<typeof DefinitionVersion>;
