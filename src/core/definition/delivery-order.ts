import type { DeliveryRecord } from '../../contracts/webhook.ts';

/** True when what the list says of a delivery is as new as `record`, or newer: it was processed, or a person has sent it in again. */
export function isOutdated(record: DeliveryRecord, listed: DeliveryRecord | undefined): boolean {
  if (listed === undefined || listed.redeliveries < record.redeliveries) return false;
  return listed.redeliveries > record.redeliveries || listed.processedAt !== undefined;
}
