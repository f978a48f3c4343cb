import { ManualClock } from '../../../../local/clock.ts';
import type { NewMessage, QueuedMessage } from '../../../../local/service-bus/model/message.ts';
import { MessageQueue } from '../../../../local/service-bus/model/queue.ts';
import type { BrokerQueueSpec } from '../../../../local/service-bus/model/spec.ts';

export const SPEC: BrokerQueueSpec = {
  name: 'q',
  lockDurationSeconds: 60,
  maxDeliveryCount: 3,
  duplicateDetectionSeconds: 0,
  defaultTimeToLiveSeconds: 3600,
  requiresSession: false,
};

/** A queue of the pure model, with the clock that moves it. */
export function newQueue(changes: Partial<BrokerQueueSpec> = {}): { queue: MessageQueue; clock: ManualClock } {
  const clock = new ManualClock();
  return { queue: new MessageQueue({ ...SPEC, ...changes }, clock), clock };
}

export function message(messageId: string, changes: Partial<NewMessage> = {}): NewMessage {
  const empty = Buffer.alloc(0);
  return {
    messageId,
    content: { annotations: {}, properties: empty, applicationProperties: empty, body: empty },
    ...changes,
  };
}

/** Receives in peek-lock until nothing is left. */
export function receiveAll(queue: MessageQueue, sessionId?: string): QueuedMessage[] {
  const received: QueuedMessage[] = [];
  const claim = sessionId === undefined ? undefined : { sessionId };
  for (let next = queue.receive('peekLock', claim); next !== undefined; next = queue.receive('peekLock', claim))
    received.push(next);
  return received;
}

export function tokenOf(message: QueuedMessage | undefined): string {
  if (message?.lock === undefined) throw new Error('The message is not locked.');
  return message.lock.token;
}

export function ids(messages: readonly QueuedMessage[]): string[] {
  return messages.map((message) => message.messageId);
}
