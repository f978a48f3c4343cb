/** Laws of a queue that hold after every step of any history: nothing is lost, doubled, or given to two receivers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ManualClock } from '../../../../local/clock.ts';
import { Refusal } from '../../../../local/service-bus/model/errors.ts';
import type { QueuedMessage } from '../../../../local/service-bus/model/message.ts';
import type { MessageQueue } from '../../../../local/service-bus/model/queue.ts';
import { message, newQueue } from './queue-fixture.ts';

const SESSIONS = ['s', 't'] as const;
const HOLDER = 'one';

type Step =
  | { do: 'send'; session: 0 | 1; ttlMs: number | undefined; delayMs: number | undefined; isRepeat: boolean }
  | { do: 'receive'; mode: 'peekLock' | 'receiveAndDelete'; session: 0 | 1; from: 'queue' | 'deadLetters' }
  | { do: 'settle'; how: 'complete' | 'abandon' | 'defer' | 'deadLetter' | 'renewLock'; pick: number }
  | { do: 'receiveDeferred' | 'cancelScheduled'; pick: number }
  | { do: 'acceptSession' | 'releaseSession' | 'renewSession'; session: 0 | 1 }
  | { do: 'wait'; ms: number };

const session = fc.constantFrom<0 | 1>(0, 1);
const soonMs = fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      session,
      ttlMs: soonMs,
      delayMs: soonMs,
      isRepeat: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      mode: fc.constantFrom('peekLock', 'peekLock', 'receiveAndDelete'),
      session,
      from: fc.constantFrom('queue', 'queue', 'deadLetters'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      how: fc.constantFrom('complete', 'abandon', 'defer', 'deadLetter', 'renewLock'),
      pick: fc.nat(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('receiveDeferred', 'cancelScheduled'), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('acceptSession', 'releaseSession', 'renewSession'), session }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 70_000 }) }) },
);

/** Plays steps against a queue and keeps its own books of what must be true. */
class History {
  readonly queue: MessageQueue;
  readonly clock: ManualClock;
  /** Messages by the number under which they entered, which they keep wherever they go. */
  readonly accepted = new Set<number>();
  /** Messages that were completed, cancelled or deleted on receipt. */
  readonly done = new Set<number>();
  readonly tokens: string[] = [];
  readonly hasSessions: boolean;
  #sent = 0;

  constructor(hasSessions: boolean) {
    this.hasSessions = hasSessions;
    const made = newQueue({
      requiresSession: hasSessions,
      duplicateDetectionSeconds: 60,
      deadLetteringOnMessageExpiration: true,
    });
    this.queue = made.queue;
    this.clock = made.clock;
  }

  play(next: Step): void {
    try {
      this.#perform(next);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  present(): QueuedMessage[] {
    return [...this.queue.peek(0, 1e6), ...(this.queue.deadLetters?.peek(0, 1e6) ?? [])];
  }

  #perform(next: Step): void {
    switch (next.do) {
      case 'send':
        return this.#send(next);
      case 'receive':
        return this.#receive(next);
      case 'settle':
        return this.#settle(next.how, this.tokens[next.pick % Math.max(1, this.tokens.length)] ?? 'no-token');
      case 'receiveDeferred': {
        const claim = this.hasSessions
          ? { sessionId: SESSIONS[next.pick % 2 === 0 ? 0 : 1], holder: HOLDER }
          : undefined;
        return this.queue
          .receiveDeferred([next.pick % 20], 'peekLock', claim)
          .forEach((received) => this.#took(received));
      }
      case 'cancelScheduled': {
        const cancelled = this.queue.peek(next.pick % 20, 1)[0];
        if (cancelled === undefined) return;
        this.queue.cancelScheduled([cancelled.sequenceNumber]);
        this.done.add(cancelled.enqueuedSequenceNumber);
        return;
      }
      case 'acceptSession':
        return void this.queue.sessions.accept(SESSIONS[next.session], HOLDER);
      case 'releaseSession':
        return this.queue.releaseSession(SESSIONS[next.session], HOLDER);
      case 'renewSession':
        return void this.queue.sessions.renew(SESSIONS[next.session], HOLDER);
      case 'wait':
        return this.clock.advance(next.ms);
    }
  }

  #send(next: Extract<Step, { do: 'send' }>): void {
    if (!next.isRepeat) this.#sent += 1;
    const id = `m${this.#sent}`;
    const scheduledForMs = next.delayMs === undefined ? undefined : this.clock.now() + next.delayMs;
    const [number] = this.queue.send([
      message(id, { sessionId: SESSIONS[next.session], timeToLiveMs: next.ttlMs, scheduledForMs }),
    ]);
    this.accepted.add(number!);
  }

  #receive(next: Extract<Step, { do: 'receive' }>): void {
    const queue = next.from === 'queue' ? this.queue : this.queue.deadLetters!;
    const held = new Set(this.present().flatMap((present) => (present.state === 'locked' ? [present] : [])));
    const claim = this.hasSessions ? { sessionId: SESSIONS[next.session], holder: HOLDER } : undefined;
    const received = queue.receive(next.mode, claim);
    if (received === undefined) return;
    expect(held.has(received), 'a locked message was handed out again').toBe(false);
    if (next.mode === 'receiveAndDelete') this.done.add(received.enqueuedSequenceNumber);
    else this.#took(received);
  }

  #took(received: QueuedMessage): void {
    expect(received.lock!.untilMs).toBeGreaterThan(this.clock.now());
    this.tokens.push(received.lock!.token);
  }

  #settle(how: 'complete' | 'abandon' | 'defer' | 'deadLetter' | 'renewLock', token: string): void {
    const queues = [this.queue, this.queue.deadLetters!];
    const settled = this.present().find((present) => present.lock?.token === token);
    const isDead = settled !== undefined && queues[1]!.peek(settled.sequenceNumber, 1)[0] === settled;
    (isDead ? queues[1]! : queues[0]!)[how](token);
    if (how === 'complete') this.done.add(settled!.enqueuedSequenceNumber);
  }
}

function checkLaws(history: History): void {
  const present = history.present();
  const counts = history.queue.counts();
  // Conservation: what was accepted is either present, once, or done.
  const numbers = [...present.map((found) => found.enqueuedSequenceNumber), ...history.done].sort((a, b) => a - b);
  expect(numbers).toEqual([...history.accepted].sort((a, b) => a - b));
  // Every message is in exactly one place, and the counts say so.
  const inState = (queue: MessageQueue, state: string) =>
    queue.peek(0, 1e6).filter((found) => found.state === state).length;
  for (const state of ['active', 'locked', 'deferred', 'scheduled'] as const) {
    expect(counts[state], state).toBe(inState(history.queue, state));
  }
  expect(counts.deadLettered).toBe(history.queue.deadLetters!.peek(0, 1e6).length);
  for (const found of present) {
    expect(found.state === 'locked').toBe(found.lock !== undefined);
    expect(found.state).not.toBe('removed');
  }
}

test.each([{ hasSessions: false }, { hasSessions: true }])(
  'no history breaks the laws (sessions: $hasSessions)',
  ({ hasSessions }) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const history = new History(hasSessions);
        for (const next of steps) {
          history.play(next);
          checkLaws(history);
        }
      }),
      { numRuns: 300 },
    );
  },
);

test.each([{ hasSessions: false }, { hasSessions: true }])(
  'what is left can always be received and completed (sessions: $hasSessions)',
  ({ hasSessions }) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const history = new History(hasSessions);
        for (const next of steps) history.play(next);
        // All locks end, all schedules come due; then deferred messages are fetched by number and the rest in line.
        history.clock.advance(400_000);
        const { queue } = history;
        for (const sessionId of SESSIONS) {
          const claim = hasSessions ? { sessionId, holder: HOLDER } : undefined;
          if (hasSessions) queue.sessions.accept(sessionId, HOLDER);
          const isOurs = (found: QueuedMessage) => !hasSessions || found.sessionId === sessionId;
          const deferred = queue.peek(0, 1e6).filter((found) => found.state === 'deferred' && isOurs(found));
          for (const { sequenceNumber } of deferred) queue.receiveDeferred([sequenceNumber], 'receiveAndDelete', claim);
          while (queue.receive('receiveAndDelete', claim) !== undefined) continue;
        }
        while (queue.deadLetters!.receive('receiveAndDelete') !== undefined) continue;
        const deadDeferred = queue.deadLetters!.peek(0, 1e6).map((found) => found.sequenceNumber);
        for (const sequenceNumber of deadDeferred)
          queue.deadLetters!.receiveDeferred([sequenceNumber], 'receiveAndDelete');
        expect(queue.counts()).toMatchObject({ active: 0, locked: 0, deferred: 0, scheduled: 0, deadLettered: 0 });
      }),
      { numRuns: 200 },
    );
  },
);
