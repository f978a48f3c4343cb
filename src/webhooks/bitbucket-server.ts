import { z } from 'zod';
import { isSignedInHex } from './hmac.ts';
import { PING, unknownEvent } from './ignored.ts';
import { keysOf, nameOf, refOf, translateMoves } from './moves.ts';
import { eventOf, idFrom, parseDelivery, Sha, Time } from './parse-delivery.ts';
import type { Provider } from './provider.ts';

const Change = z.object({ ref: z.object({ id: z.string() }), fromHash: Sha, toHash: Sha });

const PushEvent = z.object({
  date: Time,
  changes: z.array(Change),
  repository: z.object({ links: z.object({ clone: z.array(z.object({ href: z.string() })) }) }),
  actor: z.object({ name: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
});

/** Bitbucket Server and Data Center. Neither files nor force pushes are told; of an annotated tag the object is, not the commit. */
export const bitbucketServer: Provider = {
  verify: (delivery, secret) => isSignedInHex(delivery.header('x-hub-signature'), 'sha256=', delivery.body, secret),
  deliveryId: (delivery) => idFrom(delivery, 'x-request-id'),
  translate(delivery, body) {
    const event = eventOf(delivery, 'x-event-key');
    if (event === 'diagnostics:ping') return PING;
    if (event !== 'repo:refs_changed') return unknownEvent(event);
    const { date, changes, repository, actor } = parseDelivery(PushEvent, body);
    const urls = repository.links.clone.map(({ href }) => href);
    const repositories = keysOf('repository.links.clone', 'git', urls);
    const by = nameOf(actor?.name, actor?.displayName);
    return translateMoves(
      changes.map(({ ref, fromHash, toHash }) => {
        return { source: 'git', repositories, ref: refOf(ref.id), before: fromHash, after: toHash, at: date, by };
      }),
    );
  },
};
