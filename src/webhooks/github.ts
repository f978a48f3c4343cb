import { z } from 'zod';
import { changedPathsOf, filesOf, PushedCommit } from './changed-paths.ts';
import { Digest } from './digest.ts';
import { isSignedInHex } from './hmac.ts';
import { PING, toldByPush, unknownEvent } from './ignored.ts';
import { keysOf, nameOf, namedRef, refOf, translateMoves, type Move } from './moves.ts';
import { eventOf, idFrom, parseDelivery, Sha, Time } from './parse-delivery.ts';
import type { Provider, Translated } from './provider.ts';

/** Commits that a push lists at most (GitHub, "Webhook events and payloads", push). */
const COMMITS_LISTED_MAX = 2048;
/** Changed files that are reported of one commit at most (same page). */
const FILES_OF_COMMIT_MAX = 3000;

const PushEvent = z.object({
  ref: z.string(),
  before: Sha,
  after: Sha,
  forced: z.boolean().default(false),
  commits: z.array(PushedCommit),
  /** The commit that `after` is, or that the annotated tag `after` points to. */
  head_commit: z.object({ id: Sha }).nullish(),
  repository: z.object({
    clone_url: z.string(),
    ssh_url: z.string().nullish(),
    /** Seconds since the epoch; text in other events. */
    pushed_at: z.union([z.number().transform((seconds) => seconds * 1000), Time]).nullish(),
  }),
  pusher: z.object({ name: z.string().nullish() }).nullish(),
});
type PushEvent = z.infer<typeof PushEvent>;

const PackageVersion = z.object({
  /** `ghcr.io/contoso/fleet:v1`, sometimes with nothing behind the colon. */
  package_url: z.string().nullish(),
  container_metadata: z.object({ tag: z.object({ name: z.string(), digest: z.string() }).nullish() }).nullish(),
});
const Package = z.object({ package_version: PackageVersion.nullish() });
const PackageEvent = z.object({
  action: z.string(),
  package: Package.nullish(),
  registry_package: Package.nullish(),
  sender: z.object({ login: z.string().nullish() }).nullish(),
});

/** `X-Hub-Signature-256`. The SHA-1 in `X-Hub-Signature` is not looked at. */
export const github: Provider = {
  verify: (delivery, secret) => isSignedInHex(delivery.header('x-hub-signature-256'), 'sha256=', delivery.body, secret),
  deliveryId: (delivery) => idFrom(delivery, 'x-github-delivery'),
  translate(delivery, body) {
    const event = eventOf(delivery, 'x-github-event');
    switch (event) {
      case 'ping':
        return PING;
      case 'push':
        return translateMoves([moveOf(parseDelivery(PushEvent, body))]);
      case 'create':
      case 'delete':
        return toldByPush(event);
      case 'package':
      case 'registry_package':
        return translatePackage(parseDelivery(PackageEvent, body));
      default:
        return unknownEvent(event);
    }
  },
};

function moveOf(push: PushEvent): Move {
  const ref = refOf(push.ref);
  const commit = push.after === null ? null : (push.head_commit?.id ?? push.after);
  // `before` and `after` of an annotated tag are tag objects, which no commit can be compared with.
  const isAnnotated = commit !== push.after && push.before !== null;
  return {
    source: 'git',
    repositories: keysOf('repository.clone_url', 'git', [push.repository.clone_url, push.repository.ssh_url]),
    ref,
    before: isAnnotated ? undefined : push.before,
    after: commit,
    at: push.repository.pushed_at ?? undefined,
    changedPaths: ref?.kind === 'branch' ? pathsOf(push) : undefined,
    forced: push.forced,
    by: nameOf(push.pusher?.name),
  };
}

/**
 * The commits listed are those of `before..after`: all that changed, unless the push created the branch (they may be counted from
 * the default branch), deleted it, or rewrote it (the commits that are gone are not listed).
 */
function pathsOf({ before, after, forced, commits }: PushEvent): string[] | undefined {
  const isAdvance = before !== null && after !== null && !forced;
  const isCut =
    commits.length >= COMMITS_LISTED_MAX ||
    commits.some((commit) => (filesOf(commit)?.length ?? 0) >= FILES_OF_COMMIT_MAX);
  return isAdvance && !isCut ? changedPathsOf(commits) : undefined;
}

/** A tag of an image or artifact in GitHub's registry. Sent untagged too, for each part of an image. */
function translatePackage({ action, sender, ...event }: z.infer<typeof PackageEvent>): Translated {
  const version = (event.package ?? event.registry_package)?.package_version;
  const tag = version?.container_metadata?.tag;
  if (action !== 'published' && action !== 'updated') return unknownEvent(`package ${action}`);
  if (!tag?.name) return { kind: 'ignored', code: 'NoTag', detail: 'The package is no image, or none with a tag.' };
  const path = (version?.package_url ?? '').replace(/:[^/]*$/, '');
  const digest = parseDelivery(Digest, tag.digest, 'package_version.container_metadata.tag.digest');
  return translateMoves([
    {
      source: 'oci',
      repositories: keysOf('package_version.package_url', 'oci', [`oci://${path}`]),
      ref: namedRef('tag', tag.name),
      after: digest,
      by: nameOf(sender?.login),
    },
  ]);
}
