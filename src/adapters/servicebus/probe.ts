import type { ServiceBusSender } from '@azure/service-bus';
import { DEAD_LETTERS_COUNTED_MAX } from '../../contracts/limits.ts';
import { QUEUES, REQUESTS_QUEUE } from '../../contracts/queues.ts';
import type { Probe } from '../../ports/probe.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';

/**
 * Asks each queue for its link, which it gives to those only who may send to it; and looks at the dead letters of `requests`, which stay
 * there for their senders. Nothing is sent and nothing received.
 */
export function createBusProbe(watch: QueueWatch, senderOf: (queue: string) => ServiceBusSender): Probe {
  return {
    name: 'service bus',
    check: async () => {
      const [count, ...links] = await Promise.allSettled([
        watch.deadLetters(REQUESTS_QUEUE),
        ...QUEUES.map(({ name }) => senderOf(name).createMessageBatch()),
      ]);
      const problems = links.flatMap((link, index) =>
        link.status === 'rejected' ? [`${QUEUES[index]?.name}: ${wordsOf(link.reason)}`] : [],
      );
      if (count.status === 'rejected') problems.push(`dead letters of ${REQUESTS_QUEUE}: ${wordsOf(count.reason)}`);
      if (count.status === 'rejected' || problems.length > 0) throw new Error(problems.join('; '));
      return `${QUEUES.length} queues take messages; ${deadLetters(count.value)}`;
    },
  };
}

function deadLetters(count: number): string {
  if (count === 0) return `no dead letters of ${REQUESTS_QUEUE}`;
  const many = count === DEAD_LETTERS_COUNTED_MAX ? `${count} or more` : String(count);
  return `${many} dead letters of ${REQUESTS_QUEUE} wait for their senders`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
