import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import type { Inbox } from '../../ports/inbox.ts';

/**
 * Settles by lock token over the queue's management link, which is how the SDK itself settles messages whose link is gone:
 * the message was received by the Functions host, over a connection of its own. No receiving link is opened.
 */
export function createInbox(
  client: ServiceBusClient,
  queue: string,
  translate: (error: unknown, queue: string) => unknown,
): Inbox {
  const receiver = client.createReceiver(queue);
  const settle = async (
    lockToken: string,
    how: (message: ServiceBusReceivedMessage) => Promise<void>,
  ): Promise<void> => {
    const message: unknown = { lockToken, delivery: {} };
    if (!isSettleable(message)) return;
    try {
      await how(message);
    } catch (error) {
      throw translate(error, queue);
    }
  };
  return {
    complete: (lockToken) => settle(lockToken, (message) => receiver.completeMessage(message)),
    deadLetter: (lockToken, { reason, description }) =>
      settle(lockToken, (message) =>
        receiver.deadLetterMessage(message, { deadLetterReason: reason, deadLetterErrorDescription: description }),
      ),
  };
}

/** All that the SDK (7.9) reads of a message without a link is its lock token. */
function isSettleable(message: unknown): message is ServiceBusReceivedMessage {
  return typeof message === 'object' && message !== null && 'lockToken' in message;
}
