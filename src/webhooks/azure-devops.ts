import { z } from 'zod';
import { logsInWith } from './authorization.ts';
import { unknownEvent } from './ignored.ts';
import { keysOf, nameOf, refOf, translateMoves } from './moves.ts';
import { parseDelivery, Sha, Time } from './parse-delivery.ts';
import type { Provider } from './provider.ts';

const ServiceHook = z.object({ eventType: z.string() });

const RefUpdate = z.object({ name: z.string(), oldObjectId: Sha, newObjectId: Sha });
const PushEvent = z.object({
  resource: z.object({
    refUpdates: z.array(RefUpdate, {
      error: 'is missing: set "Resource details to send" of the service hook to All',
    }),
    repository: z.object({ remoteUrl: z.string() }),
    pushedBy: z.object({ uniqueName: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
    date: Time,
  }),
});

/**
 * Azure DevOps signs nothing: it logs in by HTTP Basic, and the secret is `user:password` as a whole. It names its deliveries in
 * the body only, which it sends again as it was: the hash of the body tells them apart. Neither files nor force pushes are told.
 */
export const azureDevOps: Provider = {
  verify: logsInWith,
  deliveryId: () => undefined,
  translate(_delivery, body) {
    const { eventType } = parseDelivery(ServiceHook, body);
    if (eventType !== 'git.push') return unknownEvent(eventType);
    const { refUpdates, repository, pushedBy, date } = parseDelivery(PushEvent, body).resource;
    const repositories = keysOf('resource.repository.remoteUrl', 'git', [repository.remoteUrl]);
    const by = nameOf(pushedBy?.uniqueName, pushedBy?.displayName);
    return translateMoves(
      refUpdates.map(({ name, oldObjectId, newObjectId }) => {
        return { source: 'git', repositories, ref: refOf(name), before: oldObjectId, after: newObjectId, at: date, by };
      }),
    );
  },
};
