import type { DeliveryOutcome, DeliveryRecord } from '../contracts/webhook.ts';

/** Deliveries of webhooks: claims by the provider's id, and the list that people read. All may throw `Transient`. */
export interface DeliveryStore {
  /** Claims (hook, deliveryId) for this record, or answers the record that has it already. One insert when it is new. */
  claim(record: DeliveryRecord & { deliveryId: string }): Promise<DeliveryRecord | 'claimed'>;
  /** The record as it was claimed, with all of its pushes. */
  claimed(hook: string, deliveryId: string): Promise<DeliveryRecord | undefined>;
  /**
   * Puts records into the list, except where what stands there was processed already, or sent in again since. Repeatable. What the
   * list shows of a push is without its changed paths; the claim keeps them.
   */
  record(...records: readonly DeliveryRecord[]): Promise<void>;
  /** One of the list, by our id. */
  read(id: string): Promise<DeliveryRecord | undefined>;
  /** Newest first; `continuation` is opaque, `Refusal` 400 when it is none of ours. A page may be short and still have a continuation. */
  list(query: {
    readonly outcome?: DeliveryOutcome;
    readonly hook?: string;
    readonly limit: number;
    readonly continuation?: string;
  }): Promise<{ readonly items: readonly DeliveryRecord[]; readonly continuation?: string }>;
  /** Drops records and claims that are older; a bounded number in one call, true while there may be more. */
  dropBefore(at: number): Promise<boolean>;
}
