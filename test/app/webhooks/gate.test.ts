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
});
