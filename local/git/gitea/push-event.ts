import { changesOf } from '../changes.ts';
import { reachable } from '../reachable.ts';
import { NO_OBJECT, type Repository } from '../repository.ts';
import type { RefUpdate } from '../smart-http/receive-pack.ts';

/** Commits of a new branch that Gitea looks at (`CommitsBeforeLimit(10)` in services/repository/push.go). */
const NEW_BRANCH_COMMITS_MAX = 10;
/** Commits that a payload lists; `total_commits` counts all of them (`FEED_MAX_COMMIT_NUM`, default 5). */
const LISTED_COMMITS_MAX = 5;

/** An event of Gitea: `X-Gitea-Event`, and the body. */
export interface GiteaEvent {
  readonly event: 'push' | 'create' | 'delete';
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * The events of one ref that moved, as Gitea sends them (services/repository/push.go): a deleted branch is told by `delete` alone, a
 * deleted tag by `push` and `delete`, and a pushed tag never says where it stood before.
 *
 * @param origin base of the host's URLs
 * @param by login of who pushed
 */
export async function eventsOf(
  repository: Repository,
  { ref, before, after }: RefUpdate,
  { origin, by, nowIso }: { readonly origin: string; readonly by: string; readonly nowIso: string },
): Promise<GiteaEvent[]> {
  const sender = user(by);
  const common = { repository: await repositoryJson(repository, origin, nowIso), sender };
  const refType = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  const short = ref.split('/').slice(2).join('/');
  const push = async (from: string): Promise<GiteaEvent> => {
    const isListed = refType === 'branch' && after !== NO_OBJECT;
    const commits = isListed ? await newCommits(repository, before, after) : [];
    const listed = commits.slice(0, LISTED_COMMITS_MAX);
    const payload = {
      ...{ ref, before: from, after, compare_url: `${origin}/${repository.fullName}/compare/${from}...${after}` },
      commits: await Promise.all(listed.map((commit) => commitJson(repository, commit, origin))),
      total_commits: commits.length,
      head_commit: after === NO_OBJECT ? null : await commitJson(repository, await repository.peel(after), origin),
      ...{ ...common, pusher: sender },
    };
    return { event: 'push', payload };
  };
  const created: GiteaEvent = { event: 'create', payload: { sha: after, ref: short, ref_type: refType, ...common } };
  const deletion = { ref: short, ref_type: refType, pusher_type: 'user', ...common };
  const deleted: GiteaEvent = { event: 'delete', payload: deletion };
  if (after === NO_OBJECT) return refType === 'branch' ? [deleted] : [await push(before), deleted];
  if (refType === 'tag') return [await push(NO_OBJECT), created];
  return before === NO_OBJECT ? [await push(before), created] : [await push(before)];
}

/** Ids, newest first, of what the branch has now and had not before. */
async function newCommits(repository: Repository, before: string, after: string): Promise<string[]> {
  if (before === NO_OBJECT) return (await repository.log(after, NEW_BRANCH_COMMITS_MAX)).map(({ oid }) => oid);
  const known = await reachable(repository, [before]);
  return (await repository.log(after)).map(({ oid }) => oid).filter((oid) => !known.has(oid));
}

async function commitJson(repository: Repository, oid: string, origin: string): Promise<Record<string, unknown>> {
  const [found] = await repository.log(oid, 1);
  if (found === undefined) throw new Error(`no commit ${oid}`);
  const { author, committer, message, parent } = found.commit;
  return {
    id: oid,
    message,
    url: `${origin}/${repository.fullName}/commit/${oid}`,
    author: { name: author.name, email: author.email, username: '' },
    committer: { name: committer.name, email: committer.email, username: '' },
    verification: null,
    timestamp: new Date(committer.timestamp * 1000).toISOString(),
    ...(await changesOf(repository, oid, parent[0])),
  };
}

async function repositoryJson(
  repository: Repository,
  origin: string,
  nowIso: string,
): Promise<Record<string, unknown>> {
  const { id, name, owner, fullName } = repository;
  const branch = await repository.defaultBranch();
  return {
    ...{ id, owner: user(owner), name, full_name: fullName, private: false, fork: false, empty: branch === undefined },
    html_url: `${origin}/${fullName}`,
    clone_url: `${origin}/${fullName}.git`,
    default_branch: branch?.replace('refs/heads/', '') ?? 'main',
    updated_at: nowIso,
  };
}

function user(login: string): Record<string, unknown> {
  return { id: 1, login, username: login, full_name: '', email: `${login}@noreply.localhost` };
}
