import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { describeError } from '../describe-error.ts';
import { keepLocked } from './lock-renewal.ts';
import { processMessage } from './process-message.ts';
import type { QueueTrigger } from './process-message.ts';
import { Semaphore } from './semaphore.ts';

/** A trigger's source of messages. */
export interface BusListener {
  /** Takes no further message; what was already delivered is still processed and settled. */
  stopIntake(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens on a queue without sessions. The SDK keeps one credit open per free call, so `maxConcurrentCalls` handlers
 * stay busy without polling, and opens its link again by itself after the broker went away. `prefetchCount` messages
 * more wait here; as on the platform their locks are not renewed while they wait.
 */
export function listenQueue(client: ServiceBusClient, trigger: QueueTrigger): BusListener {
  const { maxConcurrentCalls, prefetchCount } = trigger.settings;
  const receiver = client.createReceiver(trigger.queueName, {
    receiveMode: 'peekLock',
    maxAutoLockRenewalDurationInMs: 0,
    skipParsingBodyAsJson: true,
  });
  const calls = new Semaphore(maxConcurrentCalls);
  const subscription = receiver.subscribe(
    {
      processMessage: (message) => trigger.pending.track(calls.run(() => processLocked(trigger, receiver, message))),
      processError: async ({ error, errorSource }) => {
        trigger.log('warning', `Queue ${trigger.queueName}, ${errorSource}: ${describeError(error)}`);
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: maxConcurrentCalls + prefetchCount },
  );
  return { stopIntake: () => subscription.close(), close: () => receiver.close() };
}

async function processLocked(
  trigger: QueueTrigger,
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
): Promise<void> {
  const stopRenewal = keepLocked({
    clock: trigger.clock,
    lockedUntil: message.lockedUntilUtc,
    renew: () => receiver.renewMessageLock(message),
    durationMs: trigger.settings.maxAutoLockRenewalDuration,
    onError: (error) =>
      trigger.log(
        'warning',
        `The lock of message ${String(message.messageId)} was not renewed: ${describeError(error)}`,
      ),
  });
  try {
    await processMessage(trigger, receiver, message);
  } finally {
    stopRenewal();
  }
}
