import type { DeliveryMessage } from '../../contracts/messages.ts';
import type { DeliveryRecord, DeliveryResult } from '../../contracts/webhook.ts';
import type { Telling } from '../definitions/take-revision.ts';
import type { Deps } from '../deps.ts';
import { takeReports } from './take-reports.ts';

/** What deliveries that are worked off at the same time do together. */
export interface Together {
  /** Takes what a delivery told of one repository into the definitions that follow it. */
  takePushes(repository: string, telling: Telling): Promise<readonly DeliveryResult[]>;
  record(record: DeliveryRecord): Promise<void>;
}

/**
 * Holds what a claimed delivery said against the definitions that follow it, and writes down what it came to. Repeatable: what was
 * told twice is known already, and what was written down stays.
 *
 * @throws Transient when a store does not answer: the message is delivered again.
 */
export async function processDelivery(
  deps: Deps,
  together: Together,
  { hook, deliveryId, redelivery, ...message }: DeliveryMessage,
): Promise<void> {
  const claimed = message.claimed ?? (await deps.deliveries.claimed(hook, deliveryId));
  if (claimed === undefined) {
    deps.log.warn('delivery is gone', { hook, deliveryId });
    return;
  }
  const told = { deliveryId: claimed.id, receivedAt: claimed.at };
  const results: DeliveryResult[] = [];
  for (const [repository, pushes] of Map.groupBy(claimed.pushes, (push) => push.repository)) {
    results.push(...(await together.takePushes(repository, { ...told, pushes })));
  }
  await takeReports(deps, claimed.reports);
  await together.record({ ...claimed, redeliveries: redelivery, processedAt: deps.clock.now(), results });
}
