import { beforeEach, describe, expect, it, vi } from 'vitest';
import { takeDeadMessage, takeMessage } from '../../src/app/take-message.ts';
import { Transient } from '../../src/contracts/errors.ts';
import { PutOffMessage, WakeMessage } from '../../src/contracts/messages.ts';
import { NOTIFICATIONS_QUEUE, ROLLOUTS_QUEUE } from '../../src/contracts/queues.ts';
import { NEWER_VERSION } from '../../src/contracts/schema-version.ts';
import { NEWER_VERSION_RETRY_SECONDS } from '../../src/contracts/timing.ts';
import { Bench } from './support.ts';

const queue = ROLLOUTS_QUEUE;
const known = { schema: 1, rolloutId: 'r' };
const newer = { schema: 2, rolloutIds: ['r'] };
const death = { reason: 'MaxDeliveryCountExceeded', description: 'ten times' };
const NEWER_ROW = new Transient(NEWER_VERSION, 'row of a newer version');

let bench: Bench;
const work = vi.fn<(message: unknown) => Promise<void>>();
beforeEach(() => {
  bench = new Bench([]);
  work.mockReset().mockResolvedValue();
});

const take = (body: unknown, id = 'm') => takeMessage(bench.deps, { queue, id, body }, WakeMessage, work);
const takeDead = (body: unknown, id = 'm') => takeDeadMessage(bench.deps, { queue, id, body, death }, work);

/** Lets time pass until the next message can be received; answers its id and body. */
function next(name = queue): { id: string; body: unknown; waitedSeconds: number } | undefined {
  const held = bench.bus.queues.get(name)!;
  const at = held.nextVisibleAt();
  if (at === undefined) return undefined;
  const waitedMs = Math.max(0, at - bench.clock.now());
  bench.clock.advance(waitedMs);
  const delivery = held.receive(bench.clock.now())!;
  held.complete(delivery, bench.clock.now());
  return { id: delivery.id, body: JSON.parse(delivery.body), waitedSeconds: waitedMs / 1000 };
}

/** Takes the message each time it comes back, and what it waited. */
async function takeUntilRefused(body: unknown): Promise<number[]> {
  const waits: number[] = [];
  await take(body);
  for (let back = next(); back !== undefined; back = next()) {
    waits.push(back.waitedSeconds);
    try {
      await take(back.body, back.id);
    } catch (error) {
      expect(error).not.toBeInstanceOf(Transient);
      expect(String(error)).toContain('newer version');
      return waits;
    }
  }
  throw new Error('The message was lost.');
}

describe('a message', () => {
  it('of this version is worked on', async () => {
    await take(known);
    expect(work.mock.calls).toEqual([[known]]);
    expect(next()).toBeUndefined();
  });

  it.each([
    ['that is none', 'nonsense'],
    ['of this version with a field missing', { schema: 1 }],
    ['of no version', { rolloutId: 'r' }],
  ])('%s is refused', async (_what, body) => {
    await expect(take(body)).rejects.toThrow();
    expect(next()).toBeUndefined();
  });

  it('that fails for another reason is not put off', async () => {
    const error = new Transient('ServerBusy', 'busy');
    work.mockRejectedValue(error);
    await expect(take(known)).rejects.toBe(error);
    expect(next()).toBeUndefined();
  });

  it('of a newer version comes back later and later, then goes to the dead letters', async () => {
    expect(await takeUntilRefused(newer)).toEqual(NEWER_VERSION_RETRY_SECONDS);
    expect(work).not.toHaveBeenCalled();
  });

  it('that leads to rows of a newer version does too', async () => {
    work.mockRejectedValue(NEWER_ROW);
    expect(await takeUntilRefused(known)).toEqual(NEWER_VERSION_RETRY_SECONDS);
  });

  it('comes back as it was, under ids that duplicate detection lets through', async () => {
    work.mockRejectedValueOnce(NEWER_ROW).mockRejectedValueOnce(NEWER_ROW);
    await take(known);
    const first = next()!;
    await take(first.body, first.id);
    const second = next()!;
    expect([first.id, second.id]).toEqual(['m.later-1', 'm.later-2']);
    expect(PutOffMessage.parse(second.body)).toMatchObject({ id: 'm', times: 2, body: known });
    await take(second.body, second.id);
    expect(work).toHaveBeenLastCalledWith(known);
    expect(next()).toBeUndefined();
  });
});

describe('a dead letter', () => {
  it('is accounted for, whether it was put off before or not', async () => {
    await takeDead(known);
    await takeDead({ schema: 1, kind: 'putOff', id: 'm', times: 8, body: known });
    expect(work.mock.calls).toEqual([[known], [known]]);
  });

  it('of a newer version is told, and nobody guesses at it', async () => {
    await takeDead({ schema: 1, kind: 'putOff', id: 'm', times: 8, body: newer });
    expect(work).not.toHaveBeenCalled();
    expect(next(NOTIFICATIONS_QUEUE)?.body).toMatchObject({
      notification: { type: 'flotilla.message.dead', subject: `queues/${queue}`, code: NEWER_VERSION },
    });
  });

  it('that leads to rows of a newer version gets another chance, and is told when there is none left', async () => {
    work.mockRejectedValue(NEWER_ROW);
    await takeDead(known);
    expect(next()?.body).toMatchObject({ kind: 'putOff', id: 'm', times: 1, body: known });
    await takeDead({ schema: 1, kind: 'putOff', id: 'm', times: NEWER_VERSION_RETRY_SECONDS.length, body: known });
    expect(next()).toBeUndefined();
    expect(next(NOTIFICATIONS_QUEUE)).toBeDefined();
  });
});
