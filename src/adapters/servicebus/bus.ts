import type { TokenCredential } from '@azure/core-auth';
import { ServiceBusClient, ServiceBusError, type ServiceBusMessage, type ServiceBusSender } from '@azure/service-bus';
import { Transient } from '../../contracts/errors.ts';
import {
  OPERATIONS_QUEUE,
  REQUESTS_QUEUE,
  REVISIONS_QUEUE,
  ROLLOUTS_QUEUE,
  STATUSES_QUEUE,
  NOTIFICATIONS_QUEUE,
  SWEEPS_QUEUE,
} from '../../contracts/queues.ts';
import type { Bus, Outgoing } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Inbox } from '../../ports/inbox.ts';
import type { Probe } from '../../ports/probe.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import { createInbox } from './inbox.ts';
import { createBusProbe } from './probe.ts';
import { createQueueWatch } from './queue-watch.ts';

export type BusOptions = { readonly clock: Clock } & (
  | { readonly connectionString: string }
  | {
      /** Such as `flotilla.servicebus.windows.net`. */
      readonly fullyQualifiedNamespace: string;
      readonly credential: TokenCredential;
    }
);

/** The bus with its connection. */
export interface ServiceBus extends Bus {
  /** Settles messages of the `requests` queue, over the same connection. */
  readonly requests: Inbox;
  readonly probe: Probe;
  readonly watch: QueueWatch;
  /** Ends the connection; nothing can be sent afterwards. */
  close(): Promise<void>;
}

/** One try that stays well inside a message lock of 60 s (ours): who sends knows better when to try again. */
const RETRY = { maxRetries: 0, timeoutInMs: 15_000 };

/** Azure Service Bus over AMQP. One per process: it keeps one connection and one sender per queue. */
export function createBus(options: BusOptions): ServiceBus {
  const client = createClient(options);
  const senders = new Map<string, ServiceBusSender>();
  const senderOf = (queue: string): ServiceBusSender => {
    const sender = senders.get(queue) ?? client.createSender(queue);
    senders.set(queue, sender);
    return sender;
  };
  const send = async (queue: string, messages: readonly Outgoing<unknown>[]): Promise<void> => {
    try {
      await sendInBatches(senderOf(queue), queue, messages, options.clock.now());
    } catch (error) {
      throw translate(error, queue);
    }
  };
  const watch = createQueueWatch(client, translate);
  return {
    sendOperations: (messages) => send(OPERATIONS_QUEUE, messages),
    sendWakeups: (messages) => send(ROLLOUTS_QUEUE, messages),
    sendSweeps: (messages) => send(SWEEPS_QUEUE, messages),
    sendRevisions: (messages) => send(REVISIONS_QUEUE, messages),
    sendStatuses: (messages) => send(STATUSES_QUEUE, messages),
    sendNotifications: (messages) => send(NOTIFICATIONS_QUEUE, messages),
    putOff: (queue, message) => send(queue, [message]),
    requests: createInbox(client, REQUESTS_QUEUE, translate),
    probe: createBusProbe(watch, senderOf),
    watch,
    close: () => client.close(),
  };
}

function createClient(options: BusOptions): ServiceBusClient {
  const retryOptions = RETRY;
  return 'connectionString' in options
    ? new ServiceBusClient(options.connectionString, { retryOptions })
    : new ServiceBusClient(options.fullyQualifiedNamespace, options.credential, { retryOptions });
}

/**
 * As few round trips as the size limit of a batch allows. Scheduled messages ride in the same batches: each carries its own
 * enqueue time (learn.microsoft.com, `ServiceBusSender.ScheduleMessagesAsync`, remarks).
 */
async function sendInBatches(
  sender: ServiceBusSender,
  queue: string,
  messages: readonly Outgoing<unknown>[],
  nowMs: number,
): Promise<void> {
  let batch = await sender.createMessageBatch();
  // The SDK repeats the annotations of the first message on the batch. Earliest first: should a broker heed those, a
  // message comes early, which is harmless, and never late.
  for (const outgoing of messages.toSorted((left, right) => left.at - right.at)) {
    const message = toMessage(outgoing, nowMs);
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) {
      await sender.sendMessages(batch);
      batch = await sender.createMessageBatch();
    }
    if (!batch.tryAddMessage(message))
      throw new ServiceBusError(`Message ${outgoing.id} is too large for the queue '${queue}'.`, 'MessageSizeExceeded');
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}

function toMessage({ id, at, message }: Outgoing<unknown>, nowMs: number): ServiceBusMessage {
  const plain = { messageId: id, body: message, contentType: 'application/json' };
  return at > nowMs ? { ...plain, scheduledEnqueueTimeUtc: new Date(at) } : plain;
}

/** Somebody has to create, enable or permit something, or to send less. */
const LASTING_CODES = [
  'MessagingEntityNotFound',
  'MessagingEntityDisabled',
  'UnauthorizedAccess',
  'MessageSizeExceeded',
];

/**
 * The SDK throws errors of several kinds (`ServiceBusError`, `MessagingError`, plain `Error` for connections), so what
 * lasts is named, and all else counts as passing. Type errors are bugs.
 */
function translate(error: unknown, queue: string): unknown {
  if (!(error instanceof Error) || error instanceof TypeError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (LASTING_CODES.includes(code)) return error;
  return new Transient(`ServiceBus${code}`, `The queue '${queue}' did not take it: ${error.message}`);
}
