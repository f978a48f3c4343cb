import type { DefinitionRecord, Follows, Polled } from '../../contracts/definition.ts';
import { POLLED_HEADS_MAX, POLLED_MOVES_MAX } from '../../contracts/limits.ts';
import type { Commit, Push, Ref } from '../../contracts/push.ts';
import { POLL_SETTLE_SECONDS } from '../../contracts/timing.ts';
import { isGlob } from '../fleet/glob.ts';
import { compareVersions, compileFollows, type Following } from './follow.ts';
import { failedPoll, nextPollAt } from './poll-interval.ts';
import { findHead } from './ref-order.ts';

/** Where the refs of a repository stand, by a poll. Complete: what is not in it is not there. */
export interface Listing {
  readonly refs: readonly { readonly ref: Ref; readonly commit: Commit }[];
  /** When it was asked for. */
  readonly askedAt: number;
  readonly now: number;
}

/** What a poll has shown: the moves that nothing had told, and what is kept of it. */
export interface PollOutcome {
  readonly pushes: readonly Push[];
  readonly polled: Polled;
}

/** Where refs stand, by name; null: not there. */
type Heads = ReadonlyMap<string, Commit | null>;

interface Move {
  readonly name: string;
  /** Undefined when nothing was known of the ref. */
  readonly before: Commit | null | undefined;
  readonly after: Commit | null;
}

/** Which refs of its repository a definition has to know: those of one kind, whose names begin with the fixed part of its glob. */
export function followedRefs({ branch, tag }: Follows): { readonly kind: Ref['kind']; readonly prefix: string } {
  const [prefix = ''] = /^[^*?[{]*/.exec(branch ?? tag ?? '') ?? [];
  return { kind: branch === undefined ? 'tag' : 'branch', prefix };
}

/**
 * Holds the refs of a repository against what is known of a definition's. A ref that stands elsewhere has moved; one that was
 * told to have moved just now is left to the next poll, since hosts answer from copies that lag, and a lagging answer must not
 * take the fleet back.
 */
export function takeListing(record: DefinitionRecord, listing: Listing): PollOutcome {
  const { follows } = record.definition;
  const following = compileFollows(follows);
  const found = new Map(
    listing.refs.filter(({ ref }) => following.has(ref)).map(({ ref, commit }) => [ref.name, commit] as const),
  );
  if (found.size > POLLED_HEADS_MAX) return { pushes: [], polled: tooMany(record, found.size, listing.now) };
  const isFirst = record.polled?.follows !== keyOf(record);
  const known = knownHeads(record, following, isFirst);
  const moves = [
    ...findMoves(found, known, justTold(record, listing), isFirst),
    ...(isFirst ? firstSight(found, known, follows, following) : []),
  ];
  const taken = inOrder(moves, following).slice(0, POLLED_MOVES_MAX);
  const { kind } = followedRefs(follows);
  return {
    pushes: taken.map((move) => asPush(record, kind, move)),
    polled: keep(record, { found, known, taken, isFirst, now: listing.now }),
  };
}

/** Where refs stood by the last poll, and by what was told since. */
function knownHeads({ refs, polled }: DefinitionRecord, following: Following, isFirst: boolean): Heads {
  const heads = new Map<string, Commit | null>(isFirst ? [] : polled?.heads.map(({ name, commit }) => [name, commit]));
  for (const { ref, edges } of refs) {
    const head = findHead(edges);
    if (head !== undefined && following.has(ref)) heads.set(ref.name, head.after);
  }
  return heads;
}

/** Refs that something told to have moved after, or a little before, the repository was asked. */
function justTold({ refs }: DefinitionRecord, { askedAt }: Listing): ReadonlySet<string> {
  const since = askedAt - POLL_SETTLE_SECONDS * 1000;
  const told = refs.filter(({ edges }) => edges.some(({ receivedAt }) => receivedAt > since));
  return new Set(told.map(({ ref }) => ref.name));
}

function findMoves(found: Heads, known: Heads, unsettled: ReadonlySet<string>, isFirst: boolean): Move[] {
  return [...new Set([...known.keys(), ...found.keys()])]
    .filter((name) => !unsettled.has(name) && (known.has(name) || !isFirst))
    .map((name) => ({ name, before: known.get(name) ?? null, after: found.get(name) ?? null }))
    .filter(({ before, after }) => before !== after);
}

/**
 * What the first poll of a definition starts: the one ref that it follows, or the highest version. Of several branches or tags
 * nobody knows which moved last, so they start nothing until one of them moves.
 */
function firstSight(found: Heads, known: Heads, follows: Follows, following: Following): Move[] {
  const isOne = follows.semver !== undefined || !isGlob(follows.branch ?? follows.tag ?? '') || found.size === 1;
  if (!isOne) return [];
  const unknown = [...found].filter(([name]) => !known.has(name));
  return inOrder(
    unknown.map(([name, after]) => ({ name, before: undefined, after })),
    following,
  ).slice(0, 1);
}

/** The highest version first, so that the others are recorded as lower ones; else by name. */
function inOrder(moves: readonly Move[], following: Following): Move[] {
  const asTag = ({ name }: Move) => ({ kind: 'tag', name }) as const;
  return moves.toSorted((one, other) => {
    return compareVersions(following, asTag(other), asTag(one)) || (one.name < other.name ? -1 : 1);
  });
}

function asPush({ repository }: DefinitionRecord, kind: Ref['kind'], { name, before, after }: Move): Push {
  return { source: 'git', repository, ref: { kind, name }, after, ...(before !== undefined && { before }) };
}

/** What is kept of a poll: where refs stand by what is known and what was taken; moves that were not taken come again. */
function keep(
  record: DefinitionRecord,
  seen: {
    readonly found: Heads;
    readonly known: Heads;
    readonly taken: readonly Move[];
    readonly isFirst: boolean;
    readonly now: number;
  },
): Polled {
  const { found, known, taken, isFirst, now } = seen;
  const heads = new Map([
    ...(isFirst ? found : []),
    ...known,
    ...taken.map(({ name, after }) => [name, after] as const),
  ]);
  const note = taken.length === 0 ? whyNothingStarts(record, found) : undefined;
  const polled = {
    at: now,
    changedAt: taken.length > 0 ? now : (record.polled?.changedAt ?? now),
    failures: 0,
    ...(note !== undefined && { note }),
    follows: keyOf(record),
    heads: [...heads]
      .flatMap(([name, commit]) => (commit === null ? [] : [{ name, commit }]))
      .slice(0, POLLED_HEADS_MAX),
  };
  return { ...polled, nextAt: nextPollAt(record, polled) };
}

function whyNothingStarts({ definition, target }: DefinitionRecord, { size }: Heads): string | undefined {
  if (target !== undefined) return undefined;
  const { branch, tag, semver } = definition.follows;
  const what = branch === undefined ? `tag ${semver === undefined ? 'matches' : 'has a version in'}` : 'branch matches';
  if (size === 0) return `No ${what} '${branch ?? tag ?? semver ?? ''}'.`;
  return `${size} refs match, and which of them moved last is not known: the next one that moves starts.`;
}

function tooMany(record: DefinitionRecord, count: number, now: number): Polled {
  const detail = `${count} refs match, more than the ${POLLED_HEADS_MAX} that a definition may follow by polls. Narrow the glob, or switch polls off.`;
  return failedPoll(record, { detail }, now);
}

/** What was followed: after a change, what was known of refs before says nothing. */
function keyOf({ repository, definition }: DefinitionRecord): string {
  const { branch, tag, semver } = definition.follows;
  return JSON.stringify([repository, branch, tag, semver]);
}
