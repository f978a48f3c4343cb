import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import Long from 'long';
import { QUEUES, REQUESTS_QUEUE } from '../../contracts/queues.ts';
import type { Probe } from '../../ports/probe.ts';

/** Dead letters that are counted. Ours: more of them are no other news. */
const COUNTED_MAX = 100;

/**
 * Asks each queue for its link, which it gives to those only who may send to it; and looks at the dead letters of `requests`, which stay
 * there for their senders. Nothing is sent and nothing received.
 */
export function createBusProbe(client: ServiceBusClient, senderOf: (queue: string) => ServiceBusSender): Probe {
  const dead = client.createReceiver(REQUESTS_QUEUE, { subQueueType: 'deadLetter' });
  return {
    name: 'service bus',
    check: async () => {
      const [count, ...links] = await Promise.allSettled([
        dead.peekMessages(COUNTED_MAX, { fromSequenceNumber: Long.ZERO }),
        ...QUEUES.map(({ name }) => senderOf(name).createMessageBatch()),
      ]);
      const problems = links.flatMap((link, index) =>
        link.status === 'rejected' ? [`${QUEUES[index]?.name}: ${wordsOf(link.reason)}`] : [],
      );
      if (count.status === 'rejected') problems.push(`dead letters of ${REQUESTS_QUEUE}: ${wordsOf(count.reason)}`);
      if (count.status === 'rejected' || problems.length > 0) throw new Error(problems.join('; '));
      return `${QUEUES.length} queues take messages; ${deadLetters(count.value.length)}`;
    },
  };
}

function deadLetters(count: number): string {
  if (count === 0) return `no dead letters of ${REQUESTS_QUEUE}`;
  const many = count === COUNTED_MAX ? `${count} or more` : String(count);
  return `${many} dead letters of ${REQUESTS_QUEUE} wait for their senders`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
