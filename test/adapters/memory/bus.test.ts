import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryQueue } from '../../../src/adapters/memory/bus.ts';

const SPEC = {
  name: 'operations',
  lockDurationSeconds: 60,
  maxDeliveryCount: 2,
  duplicateDetectionSeconds: 600,
  defaultTimeToLiveSeconds: 86_400,
  requiresSession: false,
} as const;

let queue: MemoryQueue;

beforeEach(() => {
  queue = new MemoryQueue(SPEC);
});

describe('MemoryQueue', () => {
  it('hands a message out once, until its lock expires', () => {
    queue.send('a', 'body', 0, 0);
    expect(queue.receive(0)).toMatchObject({ id: 'a', deliveryCount: 1 });
    expect(queue.receive(59_999)).toBeUndefined();
    expect(queue.receive(60_000)).toMatchObject({ id: 'a', deliveryCount: 2 });
  });

  it('does not let a receiver settle a message whose lock it lost', () => {
    queue.send('a', 'body', 0, 0);
    const first = queue.receive(0)!;
    const second = queue.receive(60_000)!;
    expect(queue.complete(first, 61_000)).toBe(false);
    expect(queue.complete(second, 61_000)).toBe(true);
    expect(queue.size).toBe(0);
  });

  it('keeps a renewed lock', () => {
    queue.send('a', 'body', 0, 0);
    const delivery = queue.receive(0)!;
    expect(queue.renew(delivery, 50_000)).toBe(true);
    expect(queue.receive(100_000)).toBeUndefined();
  });

  it('buries a message after its last delivery', () => {
    queue.send('a', 'body', 0, 0);
    queue.abandon(queue.receive(0)!, 1);
    queue.abandon(queue.receive(1)!, 2);
    expect(queue.receive(3)).toBeUndefined();
    expect(queue.takeDead()).toMatchObject([{ id: 'a', deliveryCount: 2 }]);
    expect(queue.takeDead()).toEqual([]);
  });

  it('drops a repeated id inside the window, also when the first one is only scheduled', () => {
    expect(queue.send('a', 'body', 500_000, 0)).toBe('taken');
    expect(queue.send('a', 'body', 0, 599_999)).toBe('dropped');
    expect(queue.send('a', 'body', 600_000, 600_000)).toBe('taken');
  });

  it('delivers scheduled messages at their time, in that order', () => {
    queue.send('late', 'body', 2000, 0);
    queue.send('soon', 'body', 1000, 0);
    expect(queue.receive(999)).toBeUndefined();
    expect(queue.nextVisibleAt()).toBe(1000);
    expect([queue.receive(3000)?.id, queue.receive(3000)?.id]).toEqual(['soon', 'late']);
  });
});
