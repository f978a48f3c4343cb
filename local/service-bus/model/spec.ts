import type { QueueSpec } from '../../../src/contracts/queues.ts';

/** A queue of the broker: what production needs of it, and what Microsoft's emulator lets one configure besides. */
export interface BrokerQueueSpec extends QueueSpec {
  /** Expired messages go to the dead-letter queue instead of vanishing. Default false, as in Azure. */
  readonly deadLetteringOnMessageExpiration?: boolean;
}

/** Path below a queue that names its dead-letter queue (learn.microsoft.com, service-bus-dead-letter-queues). */
export const DEAD_LETTER_PATH = '/$deadletterqueue';

/** Reason and description for a message that was delivered too often (same page). */
export const MAX_DELIVERY_COUNT_EXCEEDED = 'MaxDeliveryCountExceeded';
/** Reason for a message that expired in a queue that keeps such messages (same page). */
export const TTL_EXPIRED = 'TTLExpiredException';

/** The dead-letter queue of `queue`: no sessions, no expiry, no duplicate detection and no limit of deliveries. */
export function deadLetterSpec(queue: BrokerQueueSpec): BrokerQueueSpec {
  return {
    name: `${queue.name}${DEAD_LETTER_PATH}`,
    lockDurationSeconds: queue.lockDurationSeconds,
    maxDeliveryCount: Infinity,
    duplicateDetectionSeconds: 0,
    defaultTimeToLiveSeconds: Infinity,
    requiresSession: false,
  };
}
