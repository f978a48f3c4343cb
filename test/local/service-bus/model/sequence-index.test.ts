import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QueuedMessage } from '../../../../local/service-bus/model/message.ts';
import { SequenceIndex } from '../../../../local/service-bus/model/sequence-index.ts';

function numbered(sequenceNumber: number): QueuedMessage {
  return { sequenceNumber } as QueuedMessage;
}

test('walks what was added and not removed, in order, from any number on', () => {
  const number = fc.nat({ max: 40 });
  const step = fc.record({ number, isAdded: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), number, fc.nat({ max: 10 }), (steps, from, maxMessages) => {
      const index = new SequenceIndex();
      const present = new Set<number>();
      for (const { number: at, isAdded } of steps) {
        if (isAdded) index.add(numbered(at));
        else index.remove(at);
        if (isAdded) present.add(at);
        else present.delete(at);
      }
      const expected = [...present].sort((a, b) => a - b).filter((at) => at >= from);
      const walked = index.from(from, maxMessages, () => true).map((message) => message.sequenceNumber);
      expect(walked).toEqual(expected.slice(0, maxMessages));
    }),
  );
});

test('finds what is left after many removals', () => {
  const index = new SequenceIndex();
  for (let number = 1; number <= 10_000; number += 1) index.add(numbered(number));
  for (let number = 1; number <= 9_990; number += 1) index.remove(number);
  expect(index.from(1, 3, () => true).map((message) => message.sequenceNumber)).toEqual([9_991, 9_992, 9_993]);
});
