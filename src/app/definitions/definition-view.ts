import { labelOf } from '../../contracts/actor.ts';
import type { Decision, DefinitionRecord, Hold, Revision } from '../../contracts/definition.ts';
import { findHead } from '../../core/definition/ref-order.ts';
import { isoTime } from '../read/rollout-view.ts';

/** A definition as the API shows it: times in ISO 8601. `definition` is what was put, with defaults filled in and durations in seconds. */
export function definitionView(record: DefinitionRecord) {
  const { name, version, definition, repository, createdAt, changedAt, changedBy, holds, refs, polled } = record;
  return {
    name,
    version,
    createdAt: isoTime(createdAt),
    changedAt: isoTime(changedAt),
    changedBy: labelOf(changedBy),
    definition,
    repository,
    ...stateView(record),
    holds: holds.map(holdView),
    /** Where the refs stand that it follows, as far as it was told; the one that moved last comes last. */
    refs: refs.map(({ ref, edges }) => {
      const head = findHead(edges);
      return { ref, commit: head?.after ?? null, ...(head && { at: isoTime(head.at) }) };
    }),
    webhookSeenAt: record.webhookSeenAt === undefined ? undefined : isoTime(record.webhookSeenAt),
    polled: polled && {
      at: isoTime(polled.at),
      nextAt: isoTime(polled.nextAt),
      failures: polled.failures,
      failure: polled.failure,
      /** Why polls start nothing, when that is as it should be. */
      note: polled.note,
    },
  };
}

/** What a definition is at: in lists too. */
export function stateView({ target, pending, running, last, fault }: DefinitionRecord) {
  return {
    target: target && revisionView(target),
    /** The revision that starts next, and why it has not started. */
    pending: pending && {
      revision: revisionView(pending.revision),
      generation: pending.generation,
      since: isoTime(pending.since),
      notBefore: isoTime(pending.notBefore),
      startedBy: pending.startedBy && labelOf(pending.startedBy),
      waiting: pending.waiting && {
        ...pending.waiting,
        since: isoTime(pending.waiting.since),
        nextCheckAt: isoTime(pending.waiting.nextCheckAt),
      },
    },
    running: running && {
      revision: revisionView(running.revision),
      generation: running.generation,
      rolloutId: running.rolloutId,
      version: running.version,
      since: isoTime(running.since),
      startedBy: running.startedBy && labelOf(running.startedBy),
    },
    last: last && {
      revision: revisionView(last.revision),
      rolloutId: last.rolloutId,
      status: last.status,
      endedAt: isoTime(last.endedAt),
    },
    fault: fault && { at: isoTime(fault.at), detail: fault.detail },
  };
}

function revisionView({ ref, commit, at, by, forced }: Revision) {
  return { ref, commit, at: isoTime(at), by, forced };
}

export function holdView({ revision, reason, by, at }: Hold) {
  return { revision, reason, by: labelOf(by), at: isoTime(at) };
}

export function decisionView({ at, ...decision }: Decision) {
  return { at: isoTime(at), ...decision };
}
