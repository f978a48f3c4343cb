import { z } from 'zod';
import { Actor } from './actor.ts';
import { Amount, PositiveAmount } from './amount.ts';
import { Duration } from './duration.ts';
import {
  BINDING_CORRECTIONS_MAX,
  BINDING_EVERY_SECONDS_MIN,
  BINDING_NAME_LENGTH_MAX,
  BINDING_PERIOD_SECONDS_MAX,
  REASON_LENGTH_MAX,
} from './limits.ts';
import { Selector } from './selector.ts';

/** Name of a binding: as a rollout's, and short enough for `drift-NAME` to be one. */
export const BindingName = z
  .string()
  .max(BINDING_NAME_LENGTH_MAX)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and -');

/**
 * Kinds of drift that a rollout can undo. Left out are `NotCompliant`, which is between the agent and its source, and
 * `PolicyNonCompliant`, which is what `remediate` is for.
 */
export const CorrectableKind = z.enum(['Missing', 'Modified', 'Unmanaged', 'ExtensionMissing', 'ExtensionFailed']);
export type CorrectableKind = z.infer<typeof CorrectableKind>;

const atLeast = (seconds: number, words: string) =>
  Duration.refine((value) => value >= seconds, { message: `must be at least ${words}` });

/** Shortest and longest of what is counted: an hour lets through one correction per sweep, and a week is kept in rows. */
const Period = atLeast(3600, '1h').refine((seconds) => seconds <= BINDING_PERIOD_SECONDS_MAX, {
  message: `must be at most ${BINDING_PERIOD_SECONDS_MAX / 3600}h`,
});

const Limits = z.strictObject({
  /** Anti-flap: a cluster that was corrected this often within `per` is only reported. */
  correctionsPerCluster: z.number().int().min(1).max(BINDING_CORRECTIONS_MAX).default(3),
  per: Period.default(86_400),
  /** Mass-drift brake: when a larger share of the selected clusters drifts, nothing is written until a person resumes. */
  maxDriftShare: z
    .string()
    .regex(/^(100|[1-9]\d?)%$/, 'must be a percent between 1% and 100%')
    .default('20%'),
  /** Of each correcting rollout after its canary, and of all remediation tasks of one run together. */
  maxConcurrency: PositiveAmount.default(1),
  /** Of each correcting rollout, and of each remediation task. */
  maxFailures: Amount.default(0),
  kinds: z.array(CorrectableKind).min(1).default(['Missing', 'Modified']),
});

const Source = z.union(
  [
    z.strictObject({ lastRollout: z.literal(true) }),
    z.strictObject({
      assignment: z
        .string()
        .max(1000)
        .regex(
          /\/providers\/microsoft\.authorization\/policyassignments\/[^/]+$/i,
          'must be the ARM id of a policy assignment',
        ),
    }),
  ],
  'must be {lastRollout: true} or {assignment: ID}, an ARM id such as /subscriptions/…/providers/Microsoft.Authorization/policyAssignments/…',
);

export const BindingMode = z.enum(['report', 'correct', 'remediate']);
export type BindingMode = z.infer<typeof BindingMode>;

/** What ties a desired state to drift handling: the body of `PUT /api/policies/{name}`. Durations come out in seconds. */
export const PolicyBinding = z
  .strictObject({
    /** Whose word counts: what was last rolled out with success, or what a policy assignment wants. */
    source: Source,
    selector: Selector.default({}),
    mode: BindingMode,
    /** How often drift is acted on, with the newest complete sweep. */
    every: atLeast(BINDING_EVERY_SECONDS_MIN, `${BINDING_EVERY_SECONDS_MIN / 60}m`),
    limits: Limits.default(Limits.parse({})),
  })
  .superRefine(({ source, mode }, ctx) => {
    if (mode === 'correct' && !('lastRollout' in source)) {
      const message = 'rolls out again what was last rolled out: give source: {lastRollout: true}, or mode: remediate';
      ctx.addIssue({ code: 'custom', path: ['mode'], message });
    }
    if (mode === 'remediate' && !('assignment' in source)) {
      const message = 'lets Azure Policy deploy: give source: {assignment: ID}, or mode: correct';
      ctx.addIssue({ code: 'custom', path: ['mode'], message });
    }
  });
export type PolicyBinding = z.infer<typeof PolicyBinding>;

/** Body of `POST /api/policies/{name}/resume`. */
export const ResumeRequest = z.strictObject({
  reason: z.string('is required: say why').trim().min(1, 'is required: say why').max(REASON_LENGTH_MAX),
});
export type ResumeRequest = z.infer<typeof ResumeRequest>;

const time = z.number();
const count = z.number().int().nonnegative();

/**
 * `Planned`: decided and stored, not sent yet. `Refused`: it could not be begun. `Dropped`: things had changed before it was begun.
 * Only the last two do not count as a correction of their clusters.
 */
export const MeasureState = z.enum(['Planned', 'Running', 'Ended', 'Refused', 'Dropped']);
export type MeasureState = z.infer<typeof MeasureState>;

const measure = {
  id: z.string(),
  sweepId: z.string(),
  at: time,
  /** How many; which ones stands in a row of its own. */
  clusters: count,
  state: MeasureState,
  /** How it ended, or why it was not begun. */
  detail: z.string().optional(),
  endedAt: time.optional(),
};

/** A rollout that brings clusters back to what was last rolled out. */
export const Correction = z.object({
  kind: z.literal('correction'),
  ...measure,
  /** What is rolled out again: a rollout, and indexes of actions of its change. */
  baseline: z.object({ rolloutId: z.string(), actions: z.array(count).min(1) }),
  strategy: z.object({ maxConcurrency: Amount, maxFailures: Amount }),
  rolloutId: z.string().optional(),
});
export type Correction = z.infer<typeof Correction>;

/** A remediation task of Azure Policy over at most 100 clusters of one subscription. */
export const Remediation = z.object({
  kind: z.literal('remediation'),
  ...measure,
  subscriptionId: z.string(),
  assignmentId: z.string(),
  referenceId: z.string().optional(),
  parallelDeployments: z.number().int(),
  failureThreshold: z.number(),
  /** What Policy last said of it. */
  deployments: z.object({ total: count, successful: count, failed: count }).optional(),
});
export type Remediation = z.infer<typeof Remediation>;

/** One thing that a binding does about drift. */
export const Measure = z.discriminatedUnion('kind', [Correction, Remediation]);
export type Measure = z.infer<typeof Measure>;

/** Why a drifting cluster is left as it is. */
export const HeldCode = z.enum([
  'ModeReport',
  'MassDrift',
  'RolloutAtWork',
  'AntiFlap',
  'Offline',
  'OtherBinding',
  'NothingRolledOut',
  'EditedSince',
  'SeenBeforeRollout',
  'PolicyDoesNotAct',
  'LaterRun',
]);
export type HeldCode = z.infer<typeof HeldCode>;

export const Held = z.object({
  clusterId: z.string(),
  code: HeldCode,
  detail: z.string(),
  /** The first run in a row that held it for this reason. */
  since: time.optional(),
});
export type Held = z.infer<typeof Held>;

/** What the last look at drift came to. */
export const BindingRun = z.object({
  at: time,
  sweepId: z.string(),
  selected: count,
  drifting: count,
  /** Clusters of the measures that were decided on. */
  acted: count,
  heldByCode: z.partialRecord(HeldCode, count),
  /** The first of them. */
  held: z.array(Held),
});
export type BindingRun = z.infer<typeof BindingRun>;

/** A selected cluster that Policy calls non-compliant. */
export const NonCompliant = z.object({
  clusterId: z.string(),
  /** As far back as it was seen so without a break; at first the time that Policy gives. */
  since: time,
  /** Members of an initiative that say so, the first of them; empty for a single definition. */
  members: z.array(z.string()),
});
export type NonCompliant = z.infer<typeof NonCompliant>;

/** What Policy itself said of the assignment when it was last asked. */
export const PolicyReport = z.object({
  at: time,
  /** By its own count: clusters under the assignment in the subscriptions of the selection, selected or not. */
  clusters: z.object({ compliant: count, nonCompliant: count, exempt: count, other: count }),
  selectedNonCompliant: count,
  /** The first of the selected ones, those that are so for longest first. */
  nonCompliant: z.array(NonCompliant),
  /** Subscriptions that did not answer: they are not counted. */
  unread: z.array(z.string()),
});
export type PolicyReport = z.infer<typeof PolicyReport>;

/**
 * An evaluation that somebody asked for, of one subscription. `Planned`: stored, and not begun for sure; `Ended`: nobody waits for it
 * any more, `detail` says why; `Refused`: Azure would not begin it.
 */
export const Evaluation = z.object({
  subscriptionId: z.string(),
  at: time,
  actor: Actor,
  state: z.enum(['Planned', 'Running', 'Ended', 'Refused']),
  /** Where to ask how it stands. */
  operationUrl: z.string().optional(),
  detail: z.string().optional(),
  endedAt: time.optional(),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** Who did what to a binding; the newest are kept. */
export const BindingChange = z.object({
  at: time,
  actor: Actor,
  what: z.enum(['Created', 'Changed', 'Braked', 'Resumed', 'Evaluated', 'Deleted']),
  reason: z.string().optional(),
});
export type BindingChange = z.infer<typeof BindingChange>;

/** A binding as it is stored. Times are milliseconds since the epoch. */
export const BindingRecord = z.object({
  schema: z.literal(1),
  name: z.string(),
  /** Tells a binding from an earlier one of the same name. */
  id: z.string(),
  createdAt: time,
  binding: PolicyBinding,
  /** What it is about: names of configurations, `@extension`; absent: everything that was rolled out. */
  subjects: z.array(z.string()).optional(),
  /** The assignment is of no Flux definition, so only its policy states can be reported. */
  statesOnly: z.boolean().optional(),
  /** The mass-drift brake is on. */
  brake: z.object({ at: time, detail: z.string() }).optional(),
  lastRun: BindingRun.optional(),
  policyReport: PolicyReport.optional(),
  /** The last of each subscription. */
  evaluations: z.array(Evaluation).optional(),
  /** Newest last. */
  measures: z.array(Measure),
  changes: z.array(BindingChange),
  deleting: z.boolean().optional(),
});
export type BindingRecord = z.infer<typeof BindingRecord>;
