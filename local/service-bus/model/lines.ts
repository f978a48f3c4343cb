import { LazyHeap } from './lazy-heap.ts';
import type { QueuedMessage } from './message.ts';

/** Messages waiting for a receiver, lowest sequence number first, so that a returned message keeps its place. */
export type Line = LazyHeap<QueuedMessage>;

export function newLine(): Line {
  return new LazyHeap<QueuedMessage>(
    (a, b) => a.sequenceNumber < b.sequenceNumber,
    (message) => message.state === 'active',
  );
}
