import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LazyHeap } from '../../../../local/service-bus/model/lazy-heap.ts';

interface Item {
  readonly rank: number;
  isAlive: boolean;
}

function newHeap(): LazyHeap<Item> {
  return new LazyHeap<Item>(
    (a, b) => a.rank < b.rank,
    (item) => item.isAlive,
  );
}

function popAll(heap: LazyHeap<Item>): number[] {
  const ranks: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) ranks.push(item.rank);
  return ranks;
}

test('gives out the living in order, whoever died meanwhile', () => {
  const items = fc.array(fc.record({ rank: fc.nat(), dies: fc.boolean() }));
  fc.assert(
    fc.property(items, (plan) => {
      const heap = newHeap();
      const pushed = plan.map(({ rank }) => ({ rank, isAlive: true }));
      for (const item of pushed) heap.push(item);
      pushed.forEach((item, index) => (item.isAlive = plan[index]?.dies === false));
      const living = pushed.filter((item) => item.isAlive).map((item) => item.rank);
      expect(popAll(heap)).toEqual(living.sort((a, b) => a - b));
    }),
  );
});

test('stays in order when the dead are swept out while it grows', () => {
  const heap = newHeap();
  const items = Array.from({ length: 5000 }, (_, index) => ({ rank: (index * 7919) % 5000, isAlive: true }));
  for (const [index, item] of items.entries()) {
    heap.push(item);
    if (index % 3 !== 0) item.isAlive = false;
  }
  const living = items.filter((item) => item.isAlive).map((item) => item.rank);
  expect(popAll(heap)).toEqual(living.sort((a, b) => a - b));
});

test('peek shows the first of the living and leaves it there', () => {
  const heap = newHeap();
  const first = { rank: 1, isAlive: true };
  heap.push({ rank: 2, isAlive: true });
  heap.push(first);
  expect(heap.peek()).toBe(first);
  first.isAlive = false;
  expect(heap.peek()).toMatchObject({ rank: 2 });
  expect(popAll(heap)).toEqual([2]);
});
