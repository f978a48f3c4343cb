import type { Actor } from '../../contracts/actor.ts';
import { Refusal } from '../../contracts/errors.ts';
import type { DeliveryRecord } from '../../contracts/webhook.ts';
import type { Deps } from '../deps.ts';
import { deliveryMessage } from '../messages.ts';

/**
 * Sends an accepted delivery in again, as it was translated then: definitions that were made since take note of it. One revision still
 * leads to one rollout.
 *
 * @throws Refusal 404, 409 (nothing of it was kept).
 */
export async function redeliver(deps: Deps, id: string, actor: Actor): Promise<DeliveryRecord> {
  const listed = await findDelivery(deps, id);
  const { hook, deliveryId, outcome, code } = listed;
  const claimed = deliveryId === undefined ? undefined : await deps.deliveries.claimed(hook, deliveryId);
  if (outcome !== 'Accepted' || deliveryId === undefined || claimed === undefined) {
    const detail = `Delivery ${id} was ${outcome.toLowerCase()} (${code}), and nothing of it was kept. Remove the cause, then let the provider send it again.`;
    throw new Refusal(409, 'NotRedeliverable', detail);
  }
  const { processedAt: _done, ...rest } = claimed;
  const again: DeliveryRecord = { ...rest, results: [], redeliveries: listed.redeliveries + 1 };
  await deps.deliveries.record(again);
  await deps.bus.sendRevisions([deliveryMessage({ ...again, deliveryId }, deps.clock.now())]);
  deps.log.info('delivery sent in again', { delivery: id, hook, actor: actor.name });
  return again;
}

/** One of the list. Throws `Refusal` 404. */
export async function findDelivery({ deliveries }: Deps, id: string): Promise<DeliveryRecord> {
  const record = await deliveries.read(id);
  if (record !== undefined) return record;
  throw new Refusal(
    404,
    'DeliveryNotFound',
    `There is no delivery ${id.slice(0, 40)}. GET /api/webhooks/deliveries lists them.`,
  );
}
