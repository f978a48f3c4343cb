import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import Long from 'long';
import { DEAD_LETTERS_COUNTED_MAX } from '../../contracts/limits.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';

/** Messages that one peek returns at most (Azure, "Message browsing"). */
const PAGE_MESSAGES_MAX = 250;
/** Pages that are looked through for a message that is not put off. Ours: with the one before, 1,001 messages. */
const PAGES_MAX = 4;

/**
 * Peeks. Messages come in the order of their sequence numbers, and one that was put off gets a new number when its time has come (Azure,
 * "Message sequencing and timestamps"), so the first that is in line is the oldest. A peek moves no message and holds no lock.
 */
export function createQueueWatch(
  client: ServiceBusClient,
  translate: (error: unknown, queue: string) => unknown,
): QueueWatch {
  const receivers = new Map<string, ServiceBusReceiver>();
  const receiverOf = (queue: string, subQueueType?: 'deadLetter'): ServiceBusReceiver => {
    const key = `${queue} ${subQueueType ?? ''}`;
    const receiver = receivers.get(key) ?? client.createReceiver(queue, subQueueType && { subQueueType });
    receivers.set(key, receiver);
    return receiver;
  };
  const peek = async (queue: string, receiver: ServiceBusReceiver, count: number, from: Long) => {
    try {
      return await receiver.peekMessages(count, { fromSequenceNumber: from });
    } catch (error) {
      throw translate(error, queue);
    }
  };
  return {
    oldestSince: (queue) => findOldest((count, from) => peek(queue, receiverOf(queue), count, from)),
    deadLetters: async (queue) =>
      (await peek(queue, receiverOf(queue, 'deadLetter'), DEAD_LETTERS_COUNTED_MAX, Long.ZERO)).length,
  };
}

/** The first message alone as a rule tells, and peeks carry bodies: pages are read only behind one that is put off. */
async function findOldest(
  peek: (count: number, from: Long) => Promise<readonly ServiceBusReceivedMessage[]>,
): Promise<number | 'none' | 'unknown'> {
  let from = Long.ZERO;
  for (let pages = 0; pages <= PAGES_MAX; pages++) {
    const messages = await peek(pages === 0 ? 1 : PAGE_MESSAGES_MAX, from);
    const last = messages.at(-1);
    if (last?.sequenceNumber === undefined) return 'none';
    const inLine = messages.find(({ state }) => state === 'active');
    if (inLine?.enqueuedTimeUtc !== undefined) return inLine.enqueuedTimeUtc.getTime();
    from = last.sequenceNumber.add(1);
  }
  return 'unknown';
}
