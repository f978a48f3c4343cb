import { z } from 'zod';
import { bearsSecret } from './authorization.ts';
import { Digest } from './digest.ts';
import { PING, unknownEvent } from './ignored.ts';
import { keysIn, namedRef, translateMoves } from './moves.ts';
import { parseDelivery, Time } from './parse-delivery.ts';
import type { Provider } from './provider.ts';

const Action = z.object({ action: z.string() });

const PushEvent = z.object({
  timestamp: Time,
  target: z.object({ repository: z.string(), digest: Digest, tag: z.string().nullish() }),
  request: z.object({ host: z.string() }),
});

/**
 * Azure Container Registry signs nothing and sends the headers it is told to: `Authorization: Bearer <secret>`. Its id stands in
 * the body, which has a time: the hash of the body tells deliveries apart.
 */
export const acr: Provider = {
  verify: bearsSecret,
  deliveryId: () => undefined,
  translate(_delivery, body) {
    const { action } = parseDelivery(Action, body);
    if (action === 'ping') return PING;
    if (action !== 'push') return unknownEvent(action);
    const { timestamp, target, request } = parseDelivery(PushEvent, body);
    if (!target.tag) return { kind: 'ignored', code: 'NoTag', detail: 'The artifact was pushed without a tag.' };
    return translateMoves([
      {
        source: 'oci',
        repositories: keysIn('request.host', request.host, target.repository),
        ref: namedRef('tag', target.tag),
        after: target.digest,
        at: timestamp,
      },
    ]);
  },
};
