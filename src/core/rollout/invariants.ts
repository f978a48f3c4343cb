import type { LiveRow } from '../../contracts/cluster-rows.ts';
import { LIVE_CLUSTERS_MAX } from '../../contracts/limits.ts';
import { hasEnded, type Rollout, type StageState } from '../../contracts/rollout-state.ts';
import type { Decision } from './advance.ts';
import { findBreach } from './budget.ts';
import { holdsSlot } from './draft.ts';

/**
 * Checks a step before it is committed, in production too: a step that breaks one of these is a bug and must not be
 * stored (architecture, section 4). Names in brackets are the invariants of the fault model.
 *
 * @returns one sentence for each broken invariant.
 */
export function findViolations(before: Rollout, liveBefore: readonly LiveRow[], after: Decision): string[] {
  const { rollout } = after;
  return [
    ...terminalStaysTerminal(before, after),
    ...rollout.stages.flatMap((stage, index) => countersAddUp(stage, index, after.live)),
    ...stagesAreInOrder(rollout, after.live),
    ...concurrencyIsKept(liveBefore, after),
    ...breachStopsDispatch(after),
    ...actionsAreInOrder(liveBefore, after),
    ...nothingGoesBack(before, rollout),
  ];
}

/** [S6] */
function terminalStaysTerminal(before: Rollout, after: Decision): string[] {
  if (!hasEnded(before.status)) return [];
  const touched = after.insertLive.length + after.updateLive.length + after.results.length + after.events.length;
  return before.status === after.rollout.status && touched === 0 ? [] : [`ended as ${before.status}, then changed`];
}

/** [S9] */
function countersAddUp(stage: StageState, index: number, live: ReadonlyMap<number, LiveRow>): string[] {
  const accounted = Object.values(stage.counts).reduce((sum, n) => sum + n, 0);
  let inFlight = 0;
  for (const row of live.values()) if (row.stage === index) inFlight += 1;
  const waiting = stage.first + stage.size - stage.next;
  const total = accounted + stage.deferred + inFlight + waiting;
  return total === stage.size
    ? []
    : [
        `stage ${stage.name} has ${stage.size} clusters, but ${accounted} accounted + ${stage.deferred} deferred + ${inFlight} in flight + ${waiting} waiting`,
      ];
}

/** [S2] */
function stagesAreInOrder(rollout: Rollout, live: ReadonlyMap<number, LiveRow>): string[] {
  const open = rollout.stages.findIndex(({ phase }) => phase !== 'Done');
  const early = rollout.stages.some(({ phase }, index) => open >= 0 && index > open && phase !== 'Pending');
  const ungated = [...live.values()].filter((row) => {
    const phase = rollout.stages[row.stage]?.phase;
    return phase === undefined || phase === 'Pending' || phase === 'GateBefore';
  });
  return [
    ...(early ? ['a stage was opened before the one ahead of it was done'] : []),
    ...ungated.map(({ ordinal }) => `cluster ${ordinal} is in flight in a stage that is not open`),
  ];
}

/** [S1] Checked where slots are taken: a stage with a lower limit may inherit clusters that came back. */
function concurrencyIsKept(liveBefore: readonly LiveRow[], { rollout, live }: Decision): string[] {
  const stage = rollout.stages.find(({ phase }) => phase !== 'Done') ?? rollout.stages[rollout.stages.length - 1];
  const limit = Math.min(stage?.maxConcurrency ?? 0, LIVE_CLUSTERS_MAX);
  const inFlight = [...live.values()].filter(holdsSlot).length;
  const grew = inFlight > liveBefore.filter(holdsSlot).length;
  return grew && inFlight > limit ? [`${inFlight} clusters in flight, ${limit} allowed`] : [];
}

/** [S7, S10, S11] */
function breachStopsDispatch({ rollout, insertLive, updateLive }: Decision): string[] {
  const dispatched = [...insertLive, ...updateLive].some(({ state }) => state === 'queued');
  if (!dispatched) return [];
  if (rollout.stop !== 'none') return [`clusters were dispatched although the rollout is stopped (${rollout.stop})`];
  const broken = rollout.stages.some((stage) => findBreach(rollout, stage, 0) !== undefined);
  return broken ? ['clusters were dispatched although the failure budget is broken'] : [];
}

/** [S25] The next action begins when the one before is proven; a good verdict is for all of them. */
function actionsAreInOrder(liveBefore: readonly LiveRow[], { rollout, updateLive, results }: Decision): string[] {
  const before = new Map(liveBefore.map((row) => [row.ordinal, row]));
  const last = rollout.actions.length - 1;
  const astray = updateLive.filter(({ ordinal, action }) => {
    const was = before.get(ordinal);
    const goesOn = (was?.state === 'written' || was?.state === 'done') && action === was.action + 1 && action <= last;
    return was !== undefined && action !== was.action && !goesOn;
  });
  const early = results.filter(({ ordinal, outcome: { verdict } }) => {
    const isGood = verdict === 'Succeeded' || verdict === 'Unchanged';
    return isGood && (before.get(ordinal)?.action ?? last) < last;
  });
  return [
    ...astray.map(
      ({ ordinal, action }) => `cluster ${ordinal} went to action ${action}, not to the next of a proven one`,
    ),
    ...early.map(({ ordinal }) => `cluster ${ordinal} is good before its last action`),
  ];
}

/** [S22] */
function nothingGoesBack(before: Rollout, after: Rollout): string[] {
  const back = after.stages.some((stage, index) => stage.next < (before.stages[index]?.next ?? 0));
  return back || after.eventSequence < before.eventSequence ? ['a cursor or sequence went back'] : [];
}
