import { z } from 'zod';
import { Amount, PositiveAmount } from './amount.ts';
import { Duration, DurationOrZero } from './duration.ts';
import { Change } from './flux/change.ts';
import { STAGES_MAX } from './limits.ts';
import { Selector } from './selector.ts';
import { Variables } from './variables.ts';

const Name = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and -');

/** Who has to say yes. The requester's own approval counts only where the plan allows it (product, "Gates"). */
const Approval = z.strictObject({
  quorum: z.number().int().min(1).max(10).default(1),
  requesterMayApprove: z.boolean().default(false),
  expiresAfter: Duration.optional(),
});
export type Approval = z.infer<typeof Approval>;

const Gate = z.strictObject({ approval: Approval.optional() });

const Stage = z.strictObject({
  name: Name,
  selector: Selector.optional(),
  maxConcurrency: PositiveAmount.optional(),
  maxFailures: Amount.optional(),
  soak: DurationOrZero.default(0),
  progressDeadline: Duration.optional(),
  gates: z.strictObject({ before: Gate.optional(), after: Gate.optional() }).default({}),
});

/** How the change moves over the fleet. */
const Strategy = z
  .strictObject({
    maxConcurrency: PositiveAmount.default(1),
    maxFailures: Amount.default(0),
    onBreach: z.literal('halt').default('halt'),
    progressDeadline: Duration.default(900),
    stages: z.array(Stage).min(1).max(STAGES_MAX),
  })
  .superRefine(({ stages }, ctx) => {
    stages.forEach(({ name }, index) => {
      if (stages.findIndex((other) => other.name === name) < index) {
        ctx.addIssue({ code: 'custom', path: ['stages', index, 'name'], message: `'${name}' names two stages` });
      }
    });
  });

const Target = z.strictObject({
  selector: Selector.default({}),
  exclude: Selector.optional(),
  offline: z.enum(['defer', 'skip', 'fail']).default('defer'),
  deferFor: Duration.default(86_400),
  unmatched: z.enum(['error', 'lastStage', 'skip']).default('error'),
  /** Clusters on which the preflight finds something that blocks the change: refuse the plan, or leave them out as Skipped. */
  blocked: z.enum(['error', 'skip']).default('error'),
});

/**
 * A rollout request: what `POST /api/rollouts` and the `requests` queue take, as JSON or YAML. Durations come out in
 * seconds, defaults filled in; parsing the output again gives the same.
 */
export const RolloutRequest = z.strictObject({
  name: Name,
  target: Target.default({
    selector: {},
    offline: 'defer',
    deferFor: 86_400,
    unmatched: 'error',
    blocked: 'error',
  }),
  /** Values for `${variables.NAME}` in paths, substitutes, namespaces and refs. */
  variables: Variables.default({}),
  change: Change,
  /** What a policy assignment that would overwrite this rollout means for the plan: a warning, a blocked cluster, or nothing. */
  policy: z.strictObject({ onFight: z.enum(['warn', 'fail', 'observe']).default('warn') }).default({ onFight: 'warn' }),
  strategy: Strategy,
});
export type RolloutRequest = z.infer<typeof RolloutRequest>;
export type RequestStage = RolloutRequest['strategy']['stages'][number];
