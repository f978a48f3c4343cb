import type { Gauge } from '../../ports/telemetry.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import { only } from './gauges.ts';

/** One peek; up to five where many messages are put off. */
export async function measureQueue(watch: QueueWatch, queue: string, now: number): Promise<readonly Gauge[]> {
  return [queueGauge(queue, await watch.oldestSince(queue), now)];
}

/** What is not known has no value: 0 would say that nothing waits. */
export function queueGauge(queue: string, since: number | 'none' | 'unknown', now: number): Gauge {
  const ageSeconds = typeof since === 'number' ? Math.max(0, now - since) / 1000 : 0;
  return {
    name: 'flotilla.queue.oldest.age',
    help: 'How long the oldest message of a queue has been in line or at work; 0 when there is none.',
    unit: 's',
    values: only(since === 'unknown' ? undefined : ageSeconds, { queue }),
  };
}

/** One peek. Only of a queue whose dead letters stay there: the application empties the others itself. */
export async function measureDeadLetters(watch: QueueWatch, queue: string): Promise<readonly Gauge[]> {
  return [
    {
      name: 'flotilla.dead.letters',
      help: 'Messages in the dead-letter queue of a queue, counted up to 100.',
      unit: '{message}',
      values: only(await watch.deadLetters(queue), { queue }),
    },
  ];
}
