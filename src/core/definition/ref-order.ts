import type { RefEdge } from '../../contracts/definition.ts';
import { REF_EDGES_MAX } from '../../contracts/limits.ts';
import type { Commit } from '../../contracts/push.ts';
import { REPEATED_PUSH_SECONDS } from '../../contracts/timing.ts';

/** A place where a ref stood: a commit, or null while it did not exist. */
type Node = Commit | null;

/**
 * How much later a push has to be, by the provider's clock, to count against what the chain of commits says. Ours: providers give
 * seconds, and several of their hosts take pushes.
 */
const CLOCK_DOUBT_SECONDS = 60;

/**
 * The move that brought a ref to where it stands, whatever order its moves were told in; undefined when none is known.
 *
 * The moves of one ref form a path from commit to commit. On a path, every commit but the last is left as often as it is reached: the
 * one that is reached more often is its end, rewritten history included. Of several, as when deliveries are missing, the latest
 * counts. A path with gaps may seem to end too early where it comes to one commit twice: a move that is clearly later tells.
 */
export function findHead(edges: readonly RefEdge[]): RefEdge | undefined {
  const end = latest(endsOf(edges));
  if (end?.timed !== true) return end;
  const later = edges.filter(({ timed, at }) => timed && at > end.at + CLOCK_DOUBT_SECONDS * 1000);
  return later.length > 0 ? findHead(later) : end;
}

/** Moves to where a path may end. One that goes in a circle ends with what came last. */
function endsOf(edges: readonly RefEdge[]): readonly RefEdge[] {
  const balance = new Map<Node, number>();
  for (const { before, after } of edges) {
    balance.set(after, (balance.get(after) ?? 0) + 1);
    if (before !== undefined) balance.set(before, (balance.get(before) ?? 0) - 1);
  }
  const ends = edges.filter(({ after }) => (balance.get(after) ?? 0) > 0);
  if (ends.length > 0) return ends;
  const lastAt = latest(edges)?.at;
  const last = edges.filter(({ at }) => at === lastAt);
  return last.length < edges.length ? endsOf(last) : edges;
}

/** By the time of the push; of several at the same time, the one that was received last. */
export function latest(edges: readonly RefEdge[]): RefEdge | undefined {
  const [first, ...rest] = edges;
  if (first === undefined) return undefined;
  return rest.reduce((last, edge) => (isLater(last, edge) ? last : edge), first);
}

function isLater(one: RefEdge, other: RefEdge): boolean {
  return one.at > other.at || (one.at === other.at && one.receivedAt > other.receivedAt);
}

/**
 * The latest move whose changes the path filters let through, found by going back from the head. Beyond a delivery that is missing,
 * it is the latest known one.
 */
export function findMatch(edges: readonly RefEdge[], head: RefEdge): RefEdge | undefined {
  const left = new Set(edges);
  let edge: RefEdge | undefined = head;
  while (edge !== undefined && !edge.matches) {
    left.delete(edge);
    const { before }: RefEdge = edge;
    edge = before === undefined ? undefined : latest([...left].filter(({ after }) => after === before));
  }
  return edge ?? latest([...left].filter(({ matches, after }) => matches && after !== null));
}

/** The moves of a ref with one more; `repeated` when it was known. Only the last ones received are kept. */
export function addEdge(
  edges: readonly RefEdge[],
  edge: RefEdge,
): { readonly edges: readonly RefEdge[]; readonly repeated: boolean } {
  const head = findHead(edges)?.after;
  if (edge.polled ? head === edge.after : isRepeated(edges, edge, head)) return { edges, repeated: true };
  const polled = edge.polled ? undefined : edges.find((known) => known.polled && known.after === edge.after);
  if (polled === undefined) return { edges: [...edges, edge].slice(-REF_EDGES_MAX), repeated: false };
  // What a poll has seen is told by its webhook now, which knows more. A poll lets everything through, and that is not undone.
  const told = { ...edge, matches: edge.matches || polled.matches };
  return { edges: edges.map((known) => (known === polled ? told : known)), repeated: polled.before === edge.before };
}

/**
 * The same move told twice: by two webhooks, or by one provider twice. With a time of the push it is the same one if the times are.
 * Without, it is a new one only when the ref stands at its beginning again and a while has passed.
 */
function isRepeated(edges: readonly RefEdge[], edge: RefEdge, head: Node | undefined): boolean {
  const isBack = edge.before === undefined ? head !== edge.after : head === edge.before;
  return edges
    .filter(({ before, after, polled }) => before === edge.before && after === edge.after && !polled)
    .some((known) => {
      if (known.timed && edge.timed) return known.at === edge.at;
      return !isBack || edge.receivedAt - known.receivedAt <= REPEATED_PUSH_SECONDS * 1000;
    });
}
