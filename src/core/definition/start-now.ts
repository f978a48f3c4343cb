import { labelOf, type Actor } from '../../contracts/actor.ts';
import type { DefinitionRecord, Revision } from '../../contracts/definition.ts';
import { decision, makePending, type Decided, type DecisionContext } from './pending.ts';
import { isSameRevision } from './target.ts';

/**
 * Makes a revision the next to start at once, because a person asks for it. What the fleet is to end on stays as it is: the next push
 * is rolled out as ever.
 */
export function startNow(
  record: DefinitionRecord,
  revision: Revision,
  { actor, reason }: { readonly actor: Actor; readonly reason: string },
  context: DecisionContext,
): Decided {
  const { now } = context;
  const said = `${labelOf(actor)} starts it: ${reason}`;
  const { pending } = record;
  if (pending !== undefined && isSameRevision(pending.revision, revision)) {
    const { waiting: _, ...rest } = pending;
    const { ref, commit } = revision;
    const started = decision(context, { code: 'Pending', detail: said, ref, commit, generation: pending.generation });
    return { record: { ...record, pending: { ...rest, notBefore: now, startedBy: actor } }, decisions: [started] };
  }
  const next = makePending(record, revision, { ...context, notBefore: now });
  return {
    record: { ...next.record, ...(next.record.pending && { pending: { ...next.record.pending, startedBy: actor } }) },
    decisions: next.decisions.map((one) =>
      one.code === 'Pending' ? { ...one, detail: `${said}. ${one.detail}` } : one,
    ),
  };
}
