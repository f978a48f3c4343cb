import type { DefinitionRecord, RefEdge, RefState, Revision } from '../../contracts/definition.ts';
import { REFS_PER_DEFINITION_MAX } from '../../contracts/limits.ts';
import type { Ref } from '../../contracts/push.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import { compareVersions, type Following } from './follow.ts';
import { findHead, findMatch, latest } from './ref-order.ts';

export function isSameRef(one: Ref, other: Ref): boolean {
  return one.kind === other.kind && one.name === other.name;
}

export function isSameRevision(one: Revision | undefined, other: Revision | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.commit === other.commit && isSameRef(one.ref, other.ref);
}

/** What the fleet has, or is getting, from this definition. */
export function deployed({ running, last }: DefinitionRecord): Revision | undefined {
  return running?.revision ?? last?.revision;
}

/**
 * The revision that the fleet should be on, by what is known of the refs: of the ref that moved last, or that names the highest
 * version. Deleting a ref takes nothing back: what the fleet has stays until something newer comes.
 *
 * @returns undefined when nothing that stands is newer than what the fleet has.
 */
export function chooseTarget(record: DefinitionRecord, following: Following): Revision | undefined {
  const standing = record.refs.flatMap((state) => revisionOf(record, state) ?? []);
  const [first, ...rest] = standing;
  if (first === undefined) return undefined;
  const chosen = rest.reduce((best, one) => (compare(best, one, following) > 0 ? best : one), first);
  const present = deployed(record);
  const isStepBack = present !== undefined && isDeleted(record, present.ref) && chosen.at < present.at;
  return isStepBack ? undefined : chosen;
}

/** The last move of a ref that counts; undefined for one that is gone, or of which no such move is known. */
function revisionOf(record: DefinitionRecord, { ref, edges }: RefState): Revision | undefined {
  const head = findHead(edges);
  if (head === undefined || head.after === null) return undefined;
  const match = findMatch(edges, head);
  if (match === undefined) return record.target && isSameRef(record.target.ref, ref) ? record.target : undefined;
  return asRevision(record, ref, match);
}

function asRevision(record: DefinitionRecord, ref: Ref, edge: RefEdge): Revision | undefined {
  if (edge.after === null) return undefined;
  const source = normaliseRepository(record.definition.follows.repository)?.source ?? 'git';
  // Tags of a registry are made to move; those of Git are not.
  const isMovedTag = source === 'git' && ref.kind === 'tag' && typeof edge.before === 'string';
  return {
    source,
    repository: record.repository,
    ref,
    commit: edge.after,
    at: edge.at,
    ...(edge.by !== undefined && { by: edge.by }),
    ...((edge.forced === true || isMovedTag) && { forced: true }),
  };
}

/** Positive when `one` goes before `other`. */
function compare(one: Revision, other: Revision, following: Following): number {
  return compareVersions(following, one.ref, other.ref) || one.at - other.at;
}

export function isDeleted({ refs }: DefinitionRecord, ref: Ref): boolean {
  const state = refs.find((known) => isSameRef(known.ref, ref));
  return state !== undefined && findHead(state.edges)?.after === null;
}

/** The refs with one more, or a newer state of one; only those are kept that could be chosen first. */
export function withRef(refs: readonly RefState[], state: RefState, following: Following): RefState[] {
  const all = [...refs.filter(({ ref }) => !isSameRef(ref, state.ref)), state];
  if (all.length <= REFS_PER_DEFINITION_MAX) return all;
  const movedAt = ({ edges }: RefState): number => latest(edges)?.at ?? 0;
  const last = all.reduce((lowest, one) => {
    const order = compareVersions(following, one.ref, lowest.ref) || movedAt(one) - movedAt(lowest);
    return order < 0 ? one : lowest;
  });
  return all.filter((one) => one !== last);
}
