import type { Decision, DefinitionRecord, DefinitionWaiting, Hold, Revision } from '../../contracts/definition.ts';
import { DEFINITION_CHECK_SECONDS } from '../../contracts/timing.ts';

/** What a decision is made with: core knows no clock and makes no ids. */
export interface DecisionContext {
  readonly now: number;
  /** ULIDs, as the port `Ids` makes them. */
  readonly ids: { next(): string };
  /** Delivery that led to it; absent for polls, timers and people. */
  readonly deliveryId?: string;
}

/** A definition after something was taken in, with what was decided about it. */
export interface Decided {
  /** The very record that was given when nothing has changed. */
  readonly record: DefinitionRecord;
  readonly decisions: readonly Decision[];
}

export function decision(
  { now, ids, deliveryId }: DecisionContext,
  facts: Omit<Decision, 'id' | 'at' | 'deliveryId'>,
): Decision {
  return { id: ids.next(), at: now, ...facts, ...(deliveryId !== undefined && { deliveryId }) };
}

export function holdOf({ holds }: DefinitionRecord, revision: Revision): Hold | undefined {
  return holds.find((hold) => hold.revision === revision.commit);
}

/**
 * Makes a revision the one that starts next, in the place of one that was to start before it and has not. An id that a rollout names
 * as what takes its place stays. Any other is made anew: a submission under the old one may be on its way.
 *
 * @param context `notBefore`: when it may start, in milliseconds since the epoch.
 */
export function makePending(
  record: DefinitionRecord,
  revision: Revision,
  context: DecisionContext & { readonly notBefore: number },
): Decided {
  const { now, ids, notBefore } = context;
  const before = record.pending;
  const generation = record.generation + 1;
  const hold = holdOf(record, revision);
  const waiting = hold && waitingFor(onHold(hold), now);
  const pending = {
    revision,
    generation,
    ...(before?.supersedes === undefined
      ? { rolloutId: ids.next() }
      : { rolloutId: before.rolloutId, supersedes: before.supersedes }),
    since: now,
    notBefore,
    ...(waiting && { waiting }),
  };
  const about = { ref: revision.ref, commit: revision.commit, generation };
  const detail = hold ? onHold(hold).detail : describe(record, revision, notBefore - now);
  return {
    record: { ...record, generation, pending },
    decisions: [
      ...(before ? [replaced(context, before, revision)] : []),
      decision(context, { code: hold ? 'Held' : 'Pending', detail, ...about }),
    ],
  };
}

function replaced(
  context: DecisionContext,
  { revision, generation }: NonNullable<DefinitionRecord['pending']>,
  by: Revision,
): Decision {
  const detail = `${by.commit} of ${by.ref.name} takes its place before it started.`;
  return decision(context, { code: 'Replaced', detail, ref: revision.ref, commit: revision.commit, generation });
}

function describe({ running }: DefinitionRecord, { ref, forced }: Revision, waitMs: number): string {
  const how = forced === true ? ' History was rewritten.' : '';
  const when = waitMs > 0 ? `in ${Math.ceil(waitMs / 1000)}s, if ${ref.name} stands still` : 'now';
  const after = running === undefined ? '' : ` Rollout ${running.rolloutId} is at work.`;
  return `Next to start, ${when}.${after}${how}`;
}

export function onHold({ reason, by }: Hold): Pick<DefinitionWaiting, 'code' | 'detail'> {
  return {
    code: 'OnHold',
    detail: `Held by ${by.name}: ${reason}. It starts when the hold is lifted.`,
  };
}

/** Something that is waited for from now on, and looked at again in a minute. */
export function waitingFor(
  why: Pick<DefinitionWaiting, 'code' | 'detail' | 'blockedBy'>,
  now: number,
): DefinitionWaiting {
  return { ...why, since: now, nextCheckAt: now + DEFINITION_CHECK_SECONDS * 1000 };
}
