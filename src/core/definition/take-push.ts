import type { DefinitionRecord, RefEdge, Revision } from '../../contracts/definition.ts';
import type { Push } from '../../contracts/push.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import { DELIVERY_WINDOW_SECONDS } from '../../contracts/timing.ts';
import { compileFollows, type Following } from './follow.ts';
import { decision, makePending, type Decided, type DecisionContext } from './pending.ts';
import { addEdge } from './ref-order.ts';
import { explainPush } from './explain-push.ts';
import { chooseTarget, deployed, isDeleted, isSameRef, isSameRevision, withRef } from './target.ts';

export interface PushContext extends DecisionContext {
  /** When it was received; a push without a time of its own counts from then. */
  readonly receivedAt: number;
  /** A poll saw it. */
  readonly polled?: boolean;
}

/**
 * Takes one move of a ref into a definition: what it does to the order of that ref, and whether another revision is to be rolled
 * out now. The same pushes in any order, and as often as they come, lead to the same revision.
 *
 * @returns at most three decisions, the one about the push itself last; none when the definition does not follow that ref.
 */
export function takePush(record: DefinitionRecord, push: Push, context: PushContext): Decided {
  const following = compileFollows(record.definition.follows);
  if (!concerns(record, push, following)) return { record, decisions: [] };
  const known = record.refs.find(({ ref }) => isSameRef(ref, push.ref))?.edges ?? [];
  const edge = asEdge(push, following, context);
  const { edges, repeated } = addEdge(known, edge);
  const moved: DefinitionRecord = {
    ...record,
    refs:
      repeated && edges === known ? record.refs : withRef(record.refs, { ref: push.ref, edges: [...edges] }, following),
    ...(context.polled !== true && { webhookSeenAt: context.now }),
  };
  const target = chooseTarget(moved, following);
  const { record: after, decisions } = isSameRevision(target, record.target)
    ? { record: moved, decisions: [] }
    : retarget(moved, target, context);
  const isSaid = decisions.some(({ commit, ref }) => commit === push.after && isSameRef(ref, push.ref));
  if (isSaid) return { record: after, decisions };
  const why = explainPush(after, push, following, { repeated, matches: edge.matches });
  return { record: after, decisions: [...decisions, decision(context, { ...why, ref: push.ref, commit: push.after })] };
}

/** True when a definition follows the ref that moved. */
export function concerns(record: DefinitionRecord, push: Push, following: Following): boolean {
  const followed = normaliseRepository(record.definition.follows.repository);
  return push.repository === followed?.key && push.source === followed.source && following.has(push.ref);
}

function asEdge(push: Push, following: Following, { receivedAt, polled, now }: PushContext): RefEdge {
  const { before, after, at, by, forced } = push;
  // A time that lies ahead would keep every later push from counting as newer.
  const isTimed = at !== undefined && polled !== true && at <= now + DELIVERY_WINDOW_SECONDS * 1000;
  return {
    ...(before !== undefined && { before }),
    after,
    at: isTimed ? at : receivedAt,
    receivedAt,
    timed: isTimed,
    matches: following.lets(push),
    ...(by !== undefined && { by }),
    ...(forced === true && { forced }),
    ...(polled === true && { polled }),
  };
}

function retarget(record: DefinitionRecord, target: Revision | undefined, context: PushContext): Decided {
  const isGone = record.target !== undefined && isDeleted(record, record.target.ref);
  if (isGone && (target === undefined || isSameRevision(target, deployed(record)))) return withdraw(record, context);
  if (target === undefined) return { record, decisions: [] };
  const notBefore = context.now + record.definition.debounce * 1000;
  return makePending({ ...record, target }, target, { ...context, notBefore });
}

/** The ref that was to be rolled out is gone, and what the fleet has stays: nothing is left to start. */
function withdraw(record: DefinitionRecord, context: PushContext): Decided {
  const { pending, target: gone, ...rest } = record;
  const target = deployed(record);
  const kept = { ...rest, ...(target?.repository === record.repository && { target }) };
  if (pending === undefined) return { record: kept, decisions: [] };
  if (!isSameRevision(pending.revision, gone)) return { record: { ...kept, pending }, decisions: [] };
  const { revision, generation } = pending;
  const { ref, commit } = revision;
  const detail = `${ref.name} was deleted before this revision started.`;
  return { record: kept, decisions: [decision(context, { code: 'RefDeleted', detail, ref, commit, generation })] };
}
