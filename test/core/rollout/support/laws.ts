import type { Decision } from '../../../../src/core/rollout/advance.ts';
import type { LiveRow, ResultRow } from '../../../../src/contracts/cluster-rows.ts';
import { hasEnded, type StageState } from '../../../../src/contracts/rollout-state.ts';
import type { Taken } from './world.ts';

/** One law of the engine as a sentence, stated apart from `invariants.ts`: true while it holds. */
export interface Law {
  readonly sentence: string;
  readonly holds: (taken: Taken) => boolean;
}

/** The definition of "in flight" of the product: a cluster that is queued, worked on, or changed and not done; whatever the engine's own helper says. */
function inFlight(rows: Iterable<LiveRow>): number {
  return [...rows].filter(({ state, wrote, changed }) => state !== 'done' && (state !== 'held' || wrote || changed))
    .length;
}

/** Every row of a cluster after the step that can say how far it is, with the one from before it. */
function followed({ decision, liveBefore, deferredBefore }: Taken) {
  const before = new Map([...liveBefore, ...deferredBefore].map((row) => [row.ordinal, row]));
  return [...decision.live.values(), ...decision.insertDeferred].flatMap((after) => {
    const was = before.get(after.ordinal);
    return was === undefined ? [] : [{ was, after }];
  });
}

function isGood({ outcome: { verdict } }: ResultRow): boolean {
  return verdict === 'Succeeded' || verdict === 'Unchanged';
}

function queuedBy({ insertLive, updateLive }: Decision): LiveRow[] {
  return [...insertLive, ...updateLive].filter(({ state }) => state === 'queued');
}

/** Failures as the product counts them, beyond those that a person accepted. */
function failures({ counts, regressed, failuresExcused }: StageState): number {
  return counts.Failed + counts.TimedOut + regressed - failuresExcused;
}

function commitRows(decision: Decision): number {
  const buckets = [
    decision.insertLive,
    decision.updateLive,
    decision.deleteLive,
    decision.results,
    decision.regressions,
    decision.insertDeferred,
    decision.deleteDeferred,
    decision.consumed,
  ];
  // One more for the header, one for the events.
  return 2 + buckets.reduce((sum, bucket) => sum + bucket.length, 0);
}

export const LAWS: readonly Law[] = [
  {
    sentence: 'a dispatch never fills more slots than maxConcurrency',
    holds: ({ decision, liveBefore }) => {
      const { rollout, live } = decision;
      const grew = inFlight(live.values()) > inFlight(liveBefore);
      const stage = rollout.stages.find(({ phase }) => phase !== 'Done') ?? rollout.stages.at(-1)!;
      return !grew || inFlight(live.values()) <= stage.maxConcurrency;
    },
  },
  {
    sentence: 'every cluster of a stage is counted exactly once',
    holds: ({ decision: { rollout, live } }) =>
      rollout.stages.every((stage, index) => {
        const accounted = Object.values(stage.counts).reduce((sum, n) => sum + n, 0);
        const flying = [...live.values()].filter((row) => row.stage === index).length;
        return accounted + stage.deferred + flying + (stage.first + stage.size - stage.next) === stage.size;
      }),
  },
  {
    sentence:
      'the counters of verdicts are what the result rows say, until clusters never reached are settled at the end',
    holds: ({ decision: { rollout }, results }) =>
      hasEnded(rollout.status) ||
      rollout.stages.every((stage, index) => {
        const mine = [...results.values()].filter((row) => row.stage === index);
        return Object.entries(stage.counts).every(
          ([verdict, n]) => mine.filter(({ outcome }) => outcome.verdict === verdict).length === n,
        );
      }),
  },
  {
    sentence: 'no cluster is in flight in a stage whose gate has not opened or whose turn has not come',
    holds: ({ decision: { rollout, live } }) => {
      const open = rollout.stages.findIndex(({ phase }) => phase !== 'Done');
      return [...live.values()].every((row) => {
        const { phase } = rollout.stages[row.stage]!;
        return phase !== 'Pending' && phase !== 'GateBefore' && (open < 0 || row.stage <= open);
      });
    },
  },
  {
    sentence: 'a gate is passed only with as many different approvers as its quorum',
    holds: ({ before, decision: { rollout } }) =>
      rollout.stages.every((stage, index) => {
        const from = before.stages[index]!.phase;
        const isPassed = (from === 'GateBefore' || from === 'GateAfter') && stage.phase !== from;
        const side = from === 'GateBefore' ? 'before' : 'after';
        const approvers = stage.approvals.filter((given) => given.side === side).map(({ actor }) => actor.name);
        return !isPassed || new Set(approvers).size >= (stage.gates[side]?.quorum ?? 0);
      }),
  },
  {
    sentence: 'a broken budget stops dispatch in the commit that breaks it',
    holds: ({ decision }) => {
      const { stages, maxFailures, failuresExcused } = decision.rollout;
      const all = stages.reduce((sum, { counts, regressed }) => sum + counts.Failed + counts.TimedOut + regressed, 0);
      const broken = all - failuresExcused > maxFailures || stages.some((stage) => failures(stage) > stage.maxFailures);
      const waiting = [...decision.live.values()].filter(({ state }) => state === 'queued').length;
      return !broken || waiting === 0;
    },
  },
  {
    sentence: 'a stopped rollout queues nothing, and shows Paused or Halted only when nothing is queued any more',
    holds: ({ decision }) => {
      const { stop, status } = decision.rollout;
      const queued = [...decision.live.values()].some(({ state }) => state === 'queued');
      const isShown = status === 'Paused' || status === 'Halted';
      return (stop === 'none' || queuedBy(decision).length === 0) && !(isShown && queued);
    },
  },
  {
    sentence: 'a rollout that has ended never changes again',
    holds: ({ before, decision }) =>
      !hasEnded(before.status) ||
      (JSON.stringify(before) === JSON.stringify(decision.rollout) && commitRows(decision) === 2),
  },
  {
    sentence: 'an ended rollout leaves nothing in flight, waited for or unreached',
    holds: ({ decision: { rollout, live } }) =>
      !hasEnded(rollout.status) ||
      (live.size === 0 &&
        rollout.stages.every(({ first, size, next, deferred }) => next === first + size && deferred === 0)),
  },
  {
    sentence: 'Succeeded means that every cluster is good',
    holds: ({ decision: { rollout }, results }) =>
      rollout.status !== 'Succeeded' ||
      (results.size === rollout.targets &&
        [...results.values()].every(
          ({ outcome, regressed }) => !regressed && ['Succeeded', 'Unchanged'].includes(outcome.verdict),
        )),
  },
  {
    sentence: 'every rollout that has not ended says when asking again can change the answer, and why it waits',
    holds: ({ decision: { rollout, now } }) =>
      hasEnded(rollout.status) ||
      (rollout.nextCheckAt >= now && rollout.nextCheckAt <= now + 3_600_000 && rollout.waiting !== undefined),
  },
  {
    sentence: 'a commit never holds more than 100 rows',
    holds: ({ decision }) => commitRows(decision) <= 100 && decision.rows + 2 === commitRows(decision),
  },
  {
    sentence: 'a row is in one bucket of a commit only',
    holds: ({ decision }) => {
      const { insertLive, updateLive, deleteLive } = decision;
      const touched = [...[...insertLive, ...updateLive].map(({ ordinal }) => ordinal), ...deleteLive];
      return new Set(touched).size === touched.length;
    },
  },
  {
    sentence: 'what leaves the live set has its result or deferred row in the same commit',
    holds: ({ decision }) => {
      const kept = new Set([...decision.results, ...decision.insertDeferred].map(({ ordinal }) => ordinal));
      return decision.deleteLive.every((ordinal) => kept.has(ordinal));
    },
  },
  {
    sentence: 'a row that is sent again has a new step, so that its message has a new id',
    holds: ({ decision, liveBefore }) => {
      const steps = new Map(liveBefore.map(({ ordinal, attempt, step }) => [ordinal, { attempt, step }]));
      return decision.updateLive.every((row) => {
        const was = steps.get(row.ordinal);
        return row.state !== 'queued' || was === undefined || row.attempt > was.attempt || row.step > was.step;
      });
    },
  },
  {
    sentence: 'what was written stays marked as written, across retries and absences',
    holds: ({ decision, liveBefore }) => {
      const wrote = new Set(liveBefore.filter((row) => row.wrote).map(({ ordinal }) => ordinal));
      const after = [...decision.live.values(), ...decision.results, ...decision.insertDeferred];
      return after.every((row) => !wrote.has(row.ordinal) || row.wrote || ('changed' in row && row.changed));
    },
  },
  {
    sentence: 'what an earlier action changed stays changed, across retries, absences and verdicts',
    holds: (taken) => {
      const changed = new Set(
        [...taken.liveBefore, ...taken.deferredBefore].filter((row) => row.changed).map(({ ordinal }) => ordinal),
      );
      const { results } = taken.decision;
      return (
        followed(taken).every(({ was, after }) => !was.changed || after.changed) &&
        results.every((row) => !changed.has(row.ordinal) || (row.wrote && row.outcome.verdict !== 'Unchanged'))
      );
    },
  },
  {
    sentence: 'a cluster goes through the actions one by one, and to the next only from a proven one',
    holds: (taken) =>
      followed(taken).every(({ was, after }) => {
        if (after.action === was.action) return true;
        const isProven = 'state' in was && (was.state === 'written' || was.state === 'done');
        const { outcome } = 'state' in was ? was : { outcome: undefined };
        const isGoodEnd = outcome === undefined || ['Succeeded', 'Unchanged'].includes(outcome.verdict);
        return after.action === was.action + 1 && isProven && isGoodEnd && after.action < taken.before.actions.length;
      }),
  },
  {
    sentence: 'a cluster begins an action with nothing of the one before, but that it was changed',
    holds: (taken) =>
      followed(taken).every(({ was, after }) => {
        if (after.action === was.action || !('state' in after)) return true;
        const leftovers = [
          'deadlineAt',
          'writtenAt',
          'unmistakable',
          'operationUrl',
          'lease',
          'lookedAt',
          'provisionedAt',
          'removing',
        ];
        const isFresh = !after.wrote && after.tries === 0 && leftovers.every((key) => !(key in after));
        return isFresh && after.changed === (was.changed || was.wrote);
      }),
  },
  {
    sentence: 'a good verdict comes from the last action only',
    holds: ({ before, decision, liveBefore }) => {
      const actions = new Map(liveBefore.map(({ ordinal, action }) => [ordinal, action]));
      return decision.results.filter(isGood).every((row) => actions.get(row.ordinal) === before.actions.length - 1);
    },
  },
  {
    sentence: 'Unchanged means that no action wrote',
    holds: ({ decision }) => decision.results.every(({ wrote, outcome }) => !wrote || outcome.verdict !== 'Unchanged'),
  },
  {
    sentence: 'a cluster that the preflight leaves out is never in flight and never waited for',
    holds: ({ decision }) =>
      [...decision.live.values(), ...decision.insertDeferred].every(({ target }) => target.blocked === undefined),
  },
];
