import { describe, expect, it } from 'vitest';
import { DeliveryGate } from '../../../src/app/webhooks/gate.ts';

describe('what a process remembers of deliveries', () => {
  it('lets a hook send its minute at once, then as fast as it may, and no other hook pays for it', () => {
    const gate = new DeliveryGate();
    const admitted = (hook: string, now: number) =>
      Array.from({ length: 10 }, () => gate.admit(hook, 6, now)).filter(Boolean).length;
    expect(admitted('busy', 0)).toBe(6);
    expect(admitted('busy', 20_000)).toBe(2);
    expect(admitted('calm', 20_000)).toBe(6);
  });

  it('forgets the hooks that were named longest ago, however many are named', () => {
    const gate = new DeliveryGate();
    expect(gate.admit('first', 1, 0)).toBe(true);
    expect(gate.admit('first', 1, 0)).toBe(false);
    for (let n = 0; n < 2000; n++) gate.admit(`hook-${n}`, 1, 0);
    expect(gate.admit('first', 1, 0)).toBe(true);
  });

  it('lets answers go first, and work that nobody waits for when there are none or enough of them', async () => {
    const gate = new DeliveryGate();
    const log: string[] = [];
    const answer = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const ended = gate.answer(() => promise);
      return async () => {
        resolve();
        await ended;
      };
    };
    await gate.answersFirst();
    const ends = [answer(), answer()];
    const first = gate.answersFirst().then(() => log.push('work'));
    await ends[0]!();
    expect(log).toEqual([]);
    await ends[1]!();
    await first;
    expect(log).toEqual(['work']);

    const lasting = answer();
    const second = gate.answersFirst().then(() => log.push('work'));
    for (let n = 0; n < 20; n++) await answer()();
    await second;
    expect(log).toEqual(['work', 'work']);
    await lasting();
  });

  it('counts an answer that failed as given', async () => {
    const gate = new DeliveryGate();
    await expect(gate.answer(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await gate.answersFirst();
  });
});
