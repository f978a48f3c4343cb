import { z } from 'zod';
import { changedPathsOf, PushedCommit } from './changed-paths.ts';
import { isSecret } from './hmac.ts';
import { unknownEvent } from './ignored.ts';
import { keysOf, nameOf, refOf, translateMoves, type Move } from './moves.ts';
import { idFrom, invalidDelivery, parseDelivery, Sha } from './parse-delivery.ts';
import type { Provider } from './provider.ts';
import { isSigningSecret, isStandardSigned } from './standard-webhooks.ts';

/** Hooks of projects and groups say `object_kind`; some events of system hooks have `event_name` alone. */
const Kind = z.object({ object_kind: z.string().nullish(), event_name: z.string().nullish() });

const PushEvent = z.object({
  ref: z.string(),
  before: Sha,
  after: Sha,
  /** The commit, also of an annotated tag; null when the ref was deleted. */
  checkout_sha: Sha.nullish(),
  project: z.object({ git_http_url: z.string(), git_ssh_url: z.string().nullish() }),
  user_username: z.string().nullish(),
  user_name: z.string().nullish(),
  /** The latest 20 at most. */
  commits: z.array(PushedCommit).nullish(),
  total_commits_count: z.number(),
});
type PushEvent = z.infer<typeof PushEvent>;

/** A secret `whsec_…` is a signing token and takes signatures only; any other has to come as `X-Gitlab-Token`. */
export const gitlab: Provider = {
  verify: (delivery, secret) =>
    isSigningSecret(secret) ? isStandardSigned(delivery, secret) : isSecret(delivery.header('x-gitlab-token'), secret),
  // GitLab 17.4 and later; the one in `webhook-id` is the same, and signed.
  deliveryId: (delivery) => idFrom(delivery, 'webhook-id') ?? idFrom(delivery, 'idempotency-key'),
  translate(_delivery, body) {
    const { object_kind: object, event_name: event } = parseDelivery(Kind, body);
    const kind = object ?? event;
    if (!kind) throw invalidDelivery('object_kind', 'is missing: it says what happened');
    if (kind !== 'push' && kind !== 'tag_push') return unknownEvent(kind);
    return translateMoves([moveOf(parseDelivery(PushEvent, body))]);
  },
};

function moveOf(push: PushEvent): Move {
  const ref = refOf(push.ref);
  const commit = push.after === null ? null : (push.checkout_sha ?? push.after);
  const isAnnotated = commit !== push.after && push.before !== null;
  return {
    source: 'git',
    repositories: keysOf('project.git_http_url', 'git', [push.project.git_http_url, push.project.git_ssh_url]),
    ref,
    before: isAnnotated ? undefined : push.before,
    after: commit,
    changedPaths: ref?.kind === 'branch' ? pathsOf(push) : undefined,
    by: nameOf(push.user_username, push.user_name),
  };
}

/**
 * GitLab finds renames and lists the new path alone, as an added one: a push that adds files may have removed others, and what
 * it changed is not known. It does not say either that a push rewrote history.
 */
function pathsOf({ before, after, commits, total_commits_count: total }: PushEvent): string[] | undefined {
  const listed = commits ?? [];
  const mayHideRename = listed.some((commit) => (commit.added?.length ?? 0) > 0);
  if (before === null || after === null || total !== listed.length || mayHideRename) return undefined;
  return changedPathsOf(listed);
}
