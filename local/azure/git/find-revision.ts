import semver from 'semver';
import type { FluxSpec } from '../resources/flux-schema.ts';
import type { Mirror, RemoteRef } from './mirror.ts';

/** The commit that a source asks for, or why there is none, in the words of go-git as Flux passes them on. */
export type Found =
  { readonly commit: string; readonly revision: string } | { readonly commit: undefined; readonly problem: string };

type Reference = NonNullable<NonNullable<FluxSpec['gitRepository']>['repositoryRef']>;

/** The branch of a source that names nothing. */
const BRANCH_DEFAULT = 'master';

/**
 * Finds the commit of a source. Precedence commit > semver > tag > branch; a commit must lie on its branch when one is given, and
 * on any branch otherwise: source-controller clones no more than that.
 */
export async function findRevision(
  mirror: Mirror,
  reference: Reference | null,
  refs: readonly RemoteRef[],
): Promise<Found> {
  const { commit, semver: range, tag, branch } = reference ?? {};
  if (isGiven(commit)) return pinned(mirror, commit, isGiven(branch) ? branch : undefined, refs);
  if (isGiven(range)) return newestIn(range, mirror.url, refs);
  if (isGiven(tag)) return head(mirror.url, `refs/tags/${tag}`, tag, refs);
  const followed = isGiven(branch) ? branch : BRANCH_DEFAULT;
  return head(mirror.url, `refs/heads/${followed}`, followed, refs);
}

async function pinned(
  mirror: Mirror,
  commit: string,
  branch: string | undefined,
  refs: readonly RemoteRef[],
): Promise<Found> {
  const heads = refs.filter(({ name }) =>
    branch === undefined ? name.startsWith('refs/heads/') : name === `refs/heads/${branch}`,
  );
  if (branch !== undefined && heads.length === 0) return missingRef(mirror.url, `refs/heads/${branch}`);
  for (const { commit: tip } of heads) {
    const revision = branch === undefined ? `sha1:${commit}` : `${branch}@sha1:${commit}`;
    if (await mirror.leadsTo(commit, tip)) return { commit, revision };
  }
  return { commit: undefined, problem: `unable to resolve commit object for '${commit}': object not found` };
}

function newestIn(range: string, url: string, refs: readonly RemoteRef[]): Found {
  const tags = refs.flatMap(({ name }) => (name.startsWith('refs/tags/') ? [name.slice('refs/tags/'.length)] : []));
  const newest = semver.maxSatisfying(tags, range);
  if (newest === null) return { commit: undefined, problem: `no match found for semver: ${range}` };
  return head(url, `refs/tags/${newest}`, newest, refs);
}

function head(url: string, ref: string, shown: string, refs: readonly RemoteRef[]): Found {
  const found = refs.find(({ name }) => name === ref);
  if (found === undefined) return missingRef(url, ref);
  return { commit: found.commit, revision: `${shown}@sha1:${found.commit}` };
}

function missingRef(url: string, ref: string): Found {
  return { commit: undefined, problem: `unable to clone '${url}': couldn't find remote ref "${ref}"` };
}

function isGiven(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}
