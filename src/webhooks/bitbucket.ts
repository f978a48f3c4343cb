import { z } from 'zod';
import { isSignedInHex } from './hmac.ts';
import { unknownEvent } from './ignored.ts';
import { keysOf, nameOf, namedRef, translateMoves, type Move } from './moves.ts';
import { eventOf, idFrom, parseDelivery, Sha } from './parse-delivery.ts';
import type { Provider } from './provider.ts';

/** A branch or tag before or after the push; for a tag, `target` is the commit. */
const Side = z.object({ type: z.string(), name: z.string(), target: z.object({ hash: Sha }) });
const Change = z.object({ new: Side.nullable(), old: Side.nullable(), forced: z.boolean().default(false) });

const PushEvent = z.object({
  push: z.object({ changes: z.array(Change) }),
  repository: z.object({ links: z.object({ html: z.object({ href: z.string() }) }) }),
  actor: z.object({ nickname: z.string().nullish(), display_name: z.string().nullish() }).nullish(),
});

/** Bitbucket Cloud: `X-Hub-Signature`, which is SHA-256 here. One push may move several refs; no files are listed and no time of the push. */
export const bitbucket: Provider = {
  verify: (delivery, secret) => isSignedInHex(delivery.header('x-hub-signature'), 'sha256=', delivery.body, secret),
  deliveryId: (delivery) => idFrom(delivery, 'x-request-uuid'),
  translate(delivery, body) {
    const event = eventOf(delivery, 'x-event-key');
    if (event !== 'repo:push') return unknownEvent(event);
    const { push, repository, actor } = parseDelivery(PushEvent, body);
    const repositories = keysOf('repository.links.html.href', 'git', [repository.links.html.href]);
    const by = nameOf(actor?.nickname, actor?.display_name);
    return translateMoves(push.changes.map((change) => ({ ...moveOf(change), repositories, by })));
  },
};

function moveOf(change: z.infer<typeof Change>): Omit<Move, 'repositories'> {
  const side = change.new ?? change.old;
  const kind = side?.type === 'branch' || side?.type === 'tag' ? side.type : undefined;
  return {
    source: 'git',
    ref: side === null || kind === undefined ? undefined : namedRef(kind, side.name),
    before: change.old?.target.hash ?? null,
    after: change.new?.target.hash ?? null,
    forced: change.forced,
  };
}
