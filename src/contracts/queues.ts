/**
 * Every Service Bus queue the application uses: one list for the broker of the local cloud, for `infra/` and for the
 * functions. Names are also those in `host.json`-driven triggers; properties follow the ARM resource
 * `Microsoft.ServiceBus/namespaces/queues`.
 */
export interface QueueSpec {
  readonly name: string;
  /** How long a receiver holds a message before it is offered again (Service Bus allows at most 5 minutes). */
  readonly lockDurationSeconds: number;
  /** Deliveries before the broker moves the message to the dead-letter queue. */
  readonly maxDeliveryCount: number;
  /** Window in which a second message with the same id is accepted and dropped; 0 switches detection off. */
  readonly duplicateDetectionSeconds: number;
  readonly defaultTimeToLiveSeconds: number;
  readonly requiresSession: boolean;
}

const DAY_SECONDS = 24 * 60 * 60;

/** Rollout requests from other systems: the same contract as `POST /api/rollouts`. */
export const REQUESTS_QUEUE = 'requests';
/** Wake-ups: each asks to advance one rollout. */
export const ROLLOUTS_QUEUE = 'rollouts';
/** Per-cluster work. */
export const OPERATIONS_QUEUE = 'operations';

/** One shard of a compliance sweep. */
export const SWEEPS_QUEUE = 'sweeps';

/** Deliveries of webhooks, and definitions that are to look what starts next. */
export const REVISIONS_QUEUE = 'revisions';
/** Commit statuses to be sent: a host that does not answer holds up nothing else. */
export const STATUSES_QUEUE = 'statuses';
/** What is to be told to the outside: a receiver that does not answer holds up nothing else. */
export const NOTIFICATIONS_QUEUE = 'notifications';

const base = {
  lockDurationSeconds: 60,
  maxDeliveryCount: 10,
  duplicateDetectionSeconds: 600,
  defaultTimeToLiveSeconds: 14 * DAY_SECONDS,
  requiresSession: false,
} as const;

export const QUEUES: readonly QueueSpec[] = [
  { ...base, name: REQUESTS_QUEUE },
  { ...base, name: ROLLOUTS_QUEUE },
  { ...base, name: OPERATIONS_QUEUE },
  // A shard of many pages may take minutes: the longest lock that there is.
  { ...base, name: SWEEPS_QUEUE, lockDurationSeconds: 300 },
  { ...base, name: REVISIONS_QUEUE },
  { ...base, name: STATUSES_QUEUE },
  { ...base, name: NOTIFICATIONS_QUEUE },
];
