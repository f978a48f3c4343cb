import fc from 'fast-check';
import type { Command } from '../../../../src/contracts/command.ts';
import type { Rollout } from '../../../../src/contracts/rollout-state.ts';
import { actionNames, rollout, stage } from './builders.ts';

/** What can happen between two steps, or a step itself. `pick` chooses among the rows that it can happen to. */
export type Action =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'claim'; readonly pick: number }
  | { readonly kind: 'operate'; readonly pick: number; readonly ending: Ending }
  /** A good minute: everything queued is claimed, everything claimed ends like this, every look shows this. */
  | { readonly kind: 'flow'; readonly ending: Ending; readonly what: Seen }
  | { readonly kind: 'see'; readonly pick: number; readonly what: Seen; readonly isStale: boolean }
  | { readonly kind: 'command'; readonly command: Command['kind']; readonly who: number }
  | { readonly kind: 'regress'; readonly pick: number }
  | { readonly kind: 'step'; readonly slots: number; readonly back: boolean; readonly looks: boolean };

const ENDINGS = [
  'written',
  'asDesired',
  'onwards',
  'removing',
  'retry',
  'retryAfterWrite',
  'Unchanged',
  'Failed',
  'TimedOut',
  'Skipped',
] as const;
type Ending = (typeof ENDINGS)[number];

const SEEN = ['Succeeded', 'Unchanged', 'Failed', 'TimedOut', 'Skipped', 'offline', 'again', 'looked'] as const;
type Seen = (typeof SEEN)[number];

/** What the frozen plan says beside the stages. */
export interface RolloutShape {
  readonly rollout: Rollout;
  /** Ordinals that are offline when the plan is frozen. */
  readonly offline: readonly number[];
  /** Ordinals that the preflight leaves out. */
  readonly blocked: readonly number[];
}

const gate = fc.record(
  {
    quorum: fc.integer({ min: 1, max: 2 }),
    requesterMayApprove: fc.boolean(),
    expiresAfterSeconds: fc.integer({ min: 60, max: 7200 }),
  },
  { requiredKeys: ['quorum', 'requesterMayApprove'] },
);

const stageShape = fc.record({
  size: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 6 }) },
    { weight: 1, arbitrary: fc.integer({ min: 90, max: 230 }) },
  ),
  maxConcurrency: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(150)),
  maxFailures: fc.integer({ min: 0, max: 4 }),
  soakSeconds: fc.constantFrom(0, 0, 120),
  gates: fc.record({ before: gate, after: gate }, { requiredKeys: [] }),
});

/** Rollouts as the planner freezes them: up to three stages and actions, every policy, some clusters offline, some left out. */
export const shapes: fc.Arbitrary<RolloutShape> = fc
  .record({
    stages: fc.array(stageShape, { minLength: 1, maxLength: 3 }),
    maxFailures: fc.integer({ min: 0, max: 6 }),
    offline: fc.constantFrom('defer' as const, 'skip' as const, 'fail' as const),
    offlineOrdinals: fc.uniqueArray(fc.nat(20), { maxLength: 8 }),
    blocked: fc.uniqueArray(fc.nat(20), { maxLength: 3 }),
    actions: fc.constantFrom(1, 1, 2, 3),
    isPlanned: fc.boolean(),
  })
  .map(({ stages, maxFailures, offline, offlineOrdinals, blocked, actions, isPlanned }) => {
    const states = stages.map(({ size, ...shape }, index) =>
      stage(size, { ...shape, name: `s${index}`, phase: 'Pending' }),
    );
    const planned = { maxFailures, offline, status: 'Planning', actions: actionNames(actions) } as const;
    const made = rollout(states, planned);
    if (!isPlanned) delete made.plan;
    return { rollout: made, offline: offlineOrdinals, blocked };
  });

const pick = fc.nat(300);
const step = fc.record({
  kind: fc.constant('step' as const),
  slots: fc.constantFrom(0, 1, 3, 200),
  back: fc.boolean(),
  looks: fc.boolean(),
});
const commandKind = fc.constantFrom<Command['kind']>(
  ...(['pause', 'resume', 'approve', 'reject', 'cancel', 'supersede', 'approve', 'resume'] as const),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 10, 60, 130, 4000) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('claim' as const), pick }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('operate' as const), pick, ending: fc.constantFrom(...ENDINGS) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('see' as const),
      pick,
      what: fc.constantFrom(...SEEN),
      isStale: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('flow' as const),
      ending: fc.constantFrom('written', 'written', 'onwards', 'Unchanged', ...ENDINGS),
      what: fc.constantFrom('Succeeded', 'Succeeded', ...SEEN),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('command' as const), command: commandKind, who: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('regress' as const), pick }) },
  { weight: 10, arbitrary: step },
);

/** What happens to a rollout, in order. */
export const histories: fc.Arbitrary<readonly Action[]> = fc.array(action, { maxLength: 80, size: 'max' });
