import type {
  DefinitionRecord,
  DefinitionWaiting,
  PendingRevision,
  RunningRevision,
} from '../../contracts/definition.ts';
import { hasEnded, type Rollout } from '../../contracts/rollout-state.ts';
import { decision, holdOf, onHold, waitingFor, type Decided, type DecisionContext } from './pending.ts';

/** What the header of the running rollout says, or of the pending one while none is running; absent while there is none. */
export type RunningRollout = Pick<Rollout, 'status' | 'endedAt' | 'endReason' | 'waiting' | 'supersededBy'>;

/** What is done once the record is written. Each may be repeated. */
export type DefinitionEffect =
  | { readonly kind: 'none' }
  /** Submit this rollout under its id; then `noteRefused` or `noteBlocked` if that did not work out, else look again. */
  | { readonly kind: 'submit'; readonly running: RunningRevision }
  | { readonly kind: 'supersede'; readonly rolloutId: string; readonly by: string };

export interface DefinitionStep extends Decided {
  readonly effect: DefinitionEffect;
  /** When to look again, in milliseconds since the epoch; absent: when something happens. */
  readonly nextCheckAt?: number;
}

/**
 * What a definition does next: sees its running rollout begin and end, then starts what is pending, unless something is in its way.
 * Level-triggered: it decides from the record and that header alone.
 */
export function nextStep(
  record: DefinitionRecord,
  rollout: RunningRollout | undefined,
  context: DecisionContext,
): DefinitionStep {
  const { running, pending } = record;
  if (running === undefined) {
    if (pending === undefined || rollout === undefined) return startPending(record, undefined, context);
    // A submission that was taken for blocked has got through after all.
    return nextStep(begin(record, pending, context), rollout, context);
  }
  if (rollout === undefined) return { record, decisions: [], effect: { kind: 'submit', running } };
  const seen = seeRunning(record, running, rollout, context);
  const step = startPending(seen.record, hasEnded(rollout.status) ? undefined : rollout, context);
  return { ...step, decisions: [...seen.decisions, ...step.decisions] };
}

/** Takes note that the running rollout exists, and of its end. */
function seeRunning(
  record: DefinitionRecord,
  running: RunningRevision,
  { status, endedAt, endReason }: RunningRollout,
  context: DecisionContext,
): Decided {
  const { revision, rolloutId, generation } = running;
  const about = { ref: revision.ref, commit: revision.commit, generation, rolloutId };
  const started = running.submitted
    ? []
    : [decision(context, { code: 'Started', detail: `Rollout ${rolloutId} rolls it out.`, ...about })];
  if (!hasEnded(status)) {
    return running.submitted
      ? { record, decisions: [] }
      : { record: { ...record, running: { ...running, submitted: true } }, decisions: started };
  }
  const { running: _, ...rest } = record;
  const detail = endReason === undefined ? status : `${status}: ${endReason.detail}`;
  return {
    record: { ...rest, last: { revision, rolloutId, status, endedAt: endedAt ?? context.now } },
    decisions: [...started, decision(context, { code: 'Ended', detail, ...about })],
  };
}

function startPending(
  record: DefinitionRecord,
  atWork: RunningRollout | undefined,
  context: DecisionContext,
): DefinitionStep {
  const { pending, running } = record;
  const { now } = context;
  const none = { kind: 'none' } as const;
  if (pending === undefined) return { record, decisions: [], effect: none };
  const hold = holdOf(record, pending.revision);
  if (hold !== undefined) return waitOnHold(record, pending, onHold(hold), context);
  if (now < pending.notBefore) {
    // A reason that lasts until then was given when that time was set: another rollout was in the way.
    if (pending.waiting?.nextCheckAt === pending.notBefore) return { record, decisions: [], effect: none };
    const { name } = pending.revision.ref;
    const detail = `It starts when ${name} has stood still for a while.`;
    return { ...wait(record, pending, { code: 'Debounce', detail }, now, pending.notBefore), effect: none };
  }
  if (running === undefined || atWork === undefined) return start(record, pending, context);
  switch (record.definition.onNewRevision) {
    case 'queue':
      return { ...wait(record, pending, atWorkReason(running, atWork), now), effect: none };
    case 'supersede': {
      const { rolloutId } = running;
      const detail = `It takes the place of rollout ${rolloutId}, whose clusters in flight finish first.`;
      const why = { code: 'Superseding', detail, blockedBy: rolloutId };
      const next = pending.supersedes === rolloutId ? pending : renewed(pending, rolloutId, context);
      const effect = { kind: 'supersede', rolloutId, by: next.rolloutId } as const;
      return { ...wait(record, next, why, now), effect };
    }
    case 'ignoreWhileRunning':
      return ignore(record, pending, running, context);
  }
}

/** From now on its id is known. */
function renewed(pending: PendingRevision, supersedes: string, { ids }: DecisionContext): PendingRevision {
  return { ...pending, rolloutId: ids.next(), supersedes };
}

/**
 * A rollout with a newer id takes clusters from those with older ones, so the id is made now: what was rolled out while this revision
 * waited must not count as newer.
 */
function start(record: DefinitionRecord, pending: PendingRevision, context: DecisionContext): DefinitionStep {
  const rolloutId = pending.supersedes === undefined ? context.ids.next() : pending.rolloutId;
  const begun = begin(record, { ...pending, rolloutId }, context);
  return { record: begun, decisions: [], effect: { kind: 'submit', running: begun.running } };
}

function begin(
  record: DefinitionRecord,
  pending: PendingRevision,
  { now }: DecisionContext,
): DefinitionRecord & { readonly running: RunningRevision } {
  const { pending: _, ...rest } = record;
  const { revision, generation, rolloutId, startedBy } = pending;
  const running: RunningRevision = {
    revision,
    generation,
    rolloutId,
    version: record.version,
    since: now,
    ...(startedBy && { startedBy }),
    submitted: false,
  };
  return { ...rest, running };
}

function ignore(
  record: DefinitionRecord,
  { revision, generation }: PendingRevision,
  { rolloutId }: RunningRevision,
  context: DecisionContext,
): DefinitionStep {
  const { pending: _, ...rest } = record;
  const { ref, commit } = revision;
  const detail = `Rollout ${rolloutId} is at work, and this definition ignores what comes meanwhile.`;
  const ignored = decision(context, { code: 'IgnoredWhileRunning', detail, ref, commit, generation });
  return { record: rest, decisions: [ignored], effect: { kind: 'none' } };
}

function waitOnHold(
  record: DefinitionRecord,
  pending: PendingRevision,
  why: Pick<DefinitionWaiting, 'code' | 'detail'>,
  context: DecisionContext,
): DefinitionStep {
  const { ref, commit } = pending.revision;
  const held = decision(context, { code: 'Held', detail: why.detail, ref, commit, generation: pending.generation });
  const decisions = pending.waiting?.code === why.code ? [] : [held];
  return { ...wait(record, pending, why, context.now), decisions, effect: { kind: 'none' } };
}

/** What keeps a queued revision waiting, and what a person can do about it. */
function atWorkReason(
  { rolloutId, revision }: RunningRevision,
  { status, waiting }: RunningRollout,
): Pick<DefinitionWaiting, 'code' | 'detail' | 'blockedBy'> {
  const of = `Rollout ${rolloutId} of ${revision.commit}`;
  const way = (commands: string): string =>
    `${of} is ${status}: ${commands} it, then this one starts once it has ended.`;
  switch (status) {
    case 'Paused':
      return { code: 'RolloutPaused', detail: way('resume or cancel'), blockedBy: rolloutId };
    case 'Halted':
      return { code: 'RolloutHalted', detail: way('resume or cancel'), blockedBy: rolloutId };
    case 'WaitingForApproval':
      return { code: 'RolloutWaitsForApproval', detail: way('approve or reject'), blockedBy: rolloutId };
    default: {
      const detail = `${of} is ${status}${waiting === undefined ? '' : ` (${waiting.detail})`}; this one starts when it has ended.`;
      return { code: 'RolloutAtWork', detail, blockedBy: rolloutId };
    }
  }
}

/** The record is the same as long as the reason is: a look that finds nothing new writes nothing. */
function wait(
  record: DefinitionRecord,
  pending: PendingRevision,
  why: Pick<DefinitionWaiting, 'code' | 'detail' | 'blockedBy'>,
  now: number,
  nextCheckAt?: number,
): Decided & { readonly nextCheckAt: number } {
  const fresh = { ...waitingFor(why, now), ...(nextCheckAt !== undefined && { nextCheckAt }) };
  const { waiting } = pending;
  const isSame = waiting?.code === why.code && waiting.detail === why.detail && waiting.blockedBy === why.blockedBy;
  const kept = isSame && waiting.nextCheckAt > now ? waiting : { ...fresh, since: isSame ? waiting.since : now };
  const after = kept === waiting ? record : { ...record, pending: { ...pending, waiting: kept } };
  return { record: after, decisions: [], nextCheckAt: kept.nextCheckAt };
}
