import { z } from 'zod';
import { bearsSecret } from './authorization.ts';
import { Digest } from './digest.ts';
import { keysIn, nameOf, namedRef, translateMoves, type Move } from './moves.ts';
import { parseDelivery, Time } from './parse-delivery.ts';
import type { Provider } from './provider.ts';

const Event = z.object({
  action: z.string(),
  timestamp: Time,
  target: z.object({
    repository: z.string().default(''),
    tag: z.string().nullish(),
    digest: z.string().nullish(),
    /** `https://registry.contoso.com/v2/fleet/config/manifests/sha256:…`. */
    url: z.string().nullish(),
  }),
  request: z.object({ host: z.string().nullish() }).nullish(),
  actor: z.object({ name: z.string().nullish() }).nullish(),
});
type Event = z.infer<typeof Event>;

const Envelope = z.object({ events: z.array(Event) });

/**
 * The notifications of CNCF Distribution, which many registries are made of. They are not signed and carry the headers that are
 * configured: `Authorization: Bearer <secret>`. One delivery may tell of several repositories, and of pulls and layers as well.
 */
export const oci: Provider = {
  verify: bearsSecret,
  deliveryId: () => undefined,
  translate(_delivery, body) {
    const { events } = parseDelivery(Envelope, body);
    const moves = events.flatMap((event, index) => moveOf(event, `events[${index}]`));
    if (moves.length > 0) return translateMoves(moves);
    return { kind: 'ignored', code: 'NoTag', detail: 'No event of the notification moves a tag.' };
  },
};

/** A manifest pushed under a tag, or a tag deleted; nothing for layers, manifests by digest alone, pulls and mounts. */
function moveOf({ action, timestamp, target, request, actor }: Event, field: string): Move[] {
  const isDeleted = action === 'delete';
  if (!target.tag || (action !== 'push' && !isDeleted)) return [];
  return [
    {
      source: 'oci',
      repositories: keysIn(`${field}.target.url`, hostOf(target.url) ?? request?.host, target.repository),
      ref: namedRef('tag', target.tag),
      after: isDeleted ? null : parseDelivery(Digest, target.digest, `${field}.target.digest`),
      at: timestamp,
      by: nameOf(actor?.name),
    },
  ];
}

/** The host that the registry calls itself by; the one of the request is what its client called it. */
function hostOf(url: string | null | undefined): string | undefined {
  return URL.parse(url ?? '')?.host;
}
