import { z } from 'zod';
import { changedPathsOf, PushedCommit } from './changed-paths.ts';
import { isSignedInHex } from './hmac.ts';
import { toldByPush, unknownEvent } from './ignored.ts';
import { keysOf, nameOf, namedRef, refOf, translateMoves, type Move } from './moves.ts';
import { eventOf, idFrom, parseDelivery, Sha } from './parse-delivery.ts';
import type { Provider, Translated } from './provider.ts';

const Repository = z.object({ clone_url: z.string(), ssh_url: z.string().nullish() });
const User = z.object({ login: z.string().nullish(), username: z.string().nullish() }).nullish();

const PushEvent = z.object({
  ref: z.string(),
  before: Sha,
  after: Sha,
  /** The latest five, if the host's FEED_MAX_COMMIT_NUM is what it was. */
  commits: z.array(PushedCommit).nullish(),
  /** How many there are in truth; Gitea 1.16 and later. */
  total_commits: z.number().nullish(),
  /** The commit that `after` is or, for an annotated tag, points to. */
  head_commit: z.object({ id: Sha }).nullish(),
  repository: Repository,
  pusher: User,
});
type PushEvent = z.infer<typeof PushEvent>;

const DeleteEvent = z.object({ ref: z.string(), ref_type: z.string(), repository: Repository, sender: User });

/** Gitea and Forgejo. `X-Hub-Signature-256` and GitHub's other headers come too, and are not looked at. */
export const gitea: Provider = {
  verify: (delivery, secret) => isSignedInHex(delivery.header('x-gitea-signature'), '', delivery.body, secret),
  deliveryId: (delivery) => idFrom(delivery, 'x-gitea-delivery'),
  translate(delivery, body) {
    const event = eventOf(delivery, 'x-gitea-event');
    switch (event) {
      case 'push':
        return translateMoves([moveOf(parseDelivery(PushEvent, body))]);
      case 'delete':
        return translateDelete(parseDelivery(DeleteEvent, body));
      case 'create':
        return toldByPush(event);
      default:
        return unknownEvent(event);
    }
  },
};

/** The test of a hook is a push that ends where it began. */
function moveOf(push: PushEvent): Move {
  const ref = refOf(push.ref);
  const isTag = ref?.kind === 'tag';
  return {
    source: 'git',
    repositories: repositoriesOf(push.repository),
    ref,
    // A moved tag is told like a new one, from zeros, and its `before` and `after` are tag objects where it is annotated.
    before: isTag ? undefined : push.before,
    after: isTag && push.after !== null ? (push.head_commit?.id ?? push.after) : push.after,
    changedPaths: isTag ? undefined : pathsOf(push),
    by: nameOf(push.pusher?.login, push.pusher?.username),
  };
}

/** A new branch lists commits that were there before. That a push rewrote history is not told. */
function pathsOf({ before, after, commits, total_commits: total }: PushEvent): string[] | undefined {
  const listed = commits ?? [];
  return before !== null && after !== null && total === listed.length ? changedPathsOf(listed) : undefined;
}

/** A deleted branch brings this event alone; a deleted tag brings a push as well. */
function translateDelete({ ref, ref_type: type, repository, sender }: z.infer<typeof DeleteEvent>): Translated {
  if (type !== 'branch') return toldByPush(`delete of a ${type.slice(0, 16)}`);
  return translateMoves([
    {
      source: 'git',
      repositories: repositoriesOf(repository),
      ref: namedRef('branch', ref),
      after: null,
      by: nameOf(sender?.login, sender?.username),
    },
  ]);
}

function repositoriesOf({ clone_url: clone, ssh_url: ssh }: z.infer<typeof Repository>): string[] {
  return keysOf('repository.clone_url', 'git', [clone, ssh]);
}
