import { PUSHES_PER_DELIVERY_MAX, REF_LENGTH_MAX } from '../contracts/limits.ts';
import type { Push, Ref, SourceKind } from '../contracts/push.ts';
import { normaliseRepository } from '../contracts/repository.ts';
import { invalidDelivery } from './parse-delivery.ts';
import type { Translated } from './provider.ts';

/** Characters of the pusher's name that are kept (`Push.by`). */
const NAME_LENGTH_MAX = 128;
/** Moves that the detail of a delivery names one by one. */
const NAMED_MAX = 3;
/** No blanks, no control characters (git-check-ref-format). */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const REF_NAME = /^[^\u0000-\u0020\u007f]+$/;

/** One ref that a delivery says has moved. */
export interface Move extends Omit<Push, 'source' | 'repository' | 'ref'> {
  /** undefined for what nobody can follow: pull requests, notes, names that are too long. */
  readonly ref: Ref | undefined;
  readonly source: SourceKind;
  /** Keys of the repository; several when its URLs for HTTPS and for SSH have different hosts or paths. */
  readonly repositories: readonly string[];
}

/** What the moves of one delivery mean. Refs that cannot be followed and refs that stand where they stood are left out. */
export function translateMoves(moves: readonly Move[]): Translated {
  const real = moves.filter(({ before, after }) => before !== after);
  const pushes = real.flatMap(toPushes);
  if (pushes.length === 0) return { kind: 'ignored', ...whyNothing(moves.length, real.length) };
  const kept = pushes.slice(0, PUSHES_PER_DELIVERY_MAX);
  const cut = pushes.length - kept.length;
  const named = [...new Set(kept.map(describe))];
  const more = named.length > NAMED_MAX ? `; ${named.length - NAMED_MAX} more` : '';
  const rest = cut > 0 ? `; ${cut} beyond the first ${PUSHES_PER_DELIVERY_MAX} are left out` : '';
  return { kind: 'pushes', pushes: kept, detail: `${named.slice(0, NAMED_MAX).join('; ')}${more}${rest}.` };
}

/** `refs/heads/main` → branch main; undefined for refs that cannot be followed. */
export function refOf(fullName: string): Ref | undefined {
  const [, namespace, name] = /^refs\/(heads|tags)\/(.+)$/.exec(fullName) ?? [];
  return name === undefined ? undefined : namedRef(namespace === 'heads' ? 'branch' : 'tag', name);
}

/** A branch or tag by its short name; undefined for names that are too long to be followed, and for what Git takes for none. */
export function namedRef(kind: Ref['kind'], name: string): Ref | undefined {
  return name.length <= REF_LENGTH_MAX && REF_NAME.test(name) ? { kind, name } : undefined;
}

/**
 * The names of a repository, of the URLs that a provider gives for it.
 * @throws Refusal 400 InvalidDelivery when none of them names a repository of that kind.
 */
export function keysOf(field: string, source: SourceKind, urls: readonly (string | null | undefined)[]): string[] {
  const repositories = urls.map((url) => (url ? normaliseRepository(url) : undefined));
  const keys = repositories.flatMap((found) => (found?.source === source ? [found.key] : []));
  if (keys.length === 0) throw invalidDelivery(field, 'is not the URL of a repository');
  return [...new Set(keys)];
}

/** The name of a repository in a registry. @throws Refusal 400 InvalidDelivery when it has none. */
export function keysIn(field: string, host: string | null | undefined, path: string): string[] {
  // A URL parser looks for the host further on, where it is missing.
  return keysOf(field, 'oci', host ? [`oci://${host}/${path}`] : []);
}

/** Who pushed, cut to what is kept. */
export function nameOf(...names: readonly (string | null | undefined)[]): string | undefined {
  return names
    .find((name) => name)
    ?.slice(0, NAME_LENGTH_MAX)
    .toWellFormed();
}

function toPushes({ repositories, ref, ...move }: Move): Push[] {
  return ref === undefined ? [] : repositories.map((repository) => ({ ...move, repository, ref }));
}

function whyNothing(moves: number, real: number): { code: string; detail: string } {
  if (moves === 0) return { code: 'EmptyPush', detail: 'The push moved no branch and no tag.' };
  if (real === 0) return { code: 'NothingMoved', detail: 'The refs stand where they stood: a test, or an empty push.' };
  return { code: 'NoBranchNorTag', detail: 'What moved is neither a branch nor a tag that can be followed.' };
}

function describe({ ref, before, after, forced }: Push): string {
  const name = `${ref.kind} ${ref.name}`;
  if (after === null) return `${name} was deleted`;
  const short = after.replace('sha256:', '').slice(0, 7);
  if (forced) return `${name} was forced to ${short}`;
  return before === null ? `${name} was created at ${short}` : `${name} is at ${short}`;
}
