import type { DeliveryMessage } from '../../contracts/messages.ts';
import { takePushes } from '../definitions/take-revision.ts';
import type { Deps } from '../deps.ts';
import { takeReports } from './take-reports.ts';

/**
 * Holds what a claimed delivery said against the definitions that follow it, and writes down what it came to. Repeatable: what was
 * told twice is known already.
 *
 * @throws Transient when a store does not answer: the message is delivered again.
 */
export async function processDelivery(deps: Deps, { hook, deliveryId }: DeliveryMessage): Promise<void> {
  const record = await deps.deliveries.claimed(hook, deliveryId);
  if (record === undefined) {
    deps.log.warn('delivery is gone', { hook, deliveryId });
    return;
  }
  if (record.processedAt !== undefined) return;
  const results = await takePushes(deps, record.pushes, { deliveryId: record.id, receivedAt: record.at });
  await takeReports(deps, record.reports);
  await deps.deliveries.record({ ...record, processedAt: deps.clock.now(), results: [...results] });
}
