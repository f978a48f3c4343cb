import type { DefinitionRecord, DefinitionWaiting } from '../../contracts/definition.ts';
import { SUBMISSION_CHECK_SECONDS } from '../../contracts/timing.ts';
import { decision, waitingFor, type Decided, type DecisionContext } from './pending.ts';

/** The rollout could not be planned: another submission of the same would not help, so nothing is running. */
export function noteRefused(record: DefinitionRecord, detail: string, context: DecisionContext): Decided {
  const { running, ...rest } = record;
  if (running === undefined) return { record, decisions: [] };
  const { revision, generation, rolloutId } = running;
  const { ref, commit } = revision;
  const refused = decision(context, { code: 'Refused', detail, ref, commit, generation, rolloutId });
  return { record: rest, decisions: [refused] };
}

/**
 * The rollout cannot be submitted yet, because another one is in its way. Its revision is what starts next again, under the same
 * id, unless a newer one has come meanwhile.
 */
export function noteBlocked(
  record: DefinitionRecord,
  why: Pick<DefinitionWaiting, 'code' | 'detail' | 'blockedBy'>,
  context: DecisionContext,
): Decided {
  const { running, ...rest } = record;
  if (running === undefined) return { record, decisions: [] };
  const { revision, generation, rolloutId, startedBy } = running;
  const { now } = context;
  const isSoonOver = why.code === 'RolloutBeingSubmitted';
  const usual = waitingFor(why, now);
  const waiting = isSoonOver ? { ...usual, nextCheckAt: now + SUBMISSION_CHECK_SECONDS * 1000 } : usual;
  if (rest.pending !== undefined) {
    const { ref, commit } = revision;
    const detail = `${rest.pending.revision.commit} of ${rest.pending.revision.ref.name} takes its place before it started.`;
    const replaced = decision(context, { code: 'Replaced', detail, ref, commit, generation });
    return { record: { ...rest, pending: { ...rest.pending, waiting } }, decisions: [replaced] };
  }
  const again = { revision, generation, rolloutId, since: now, notBefore: waiting.nextCheckAt, waiting };
  return { record: { ...rest, pending: { ...again, ...(startedBy && { startedBy }) } }, decisions: [] };
}
