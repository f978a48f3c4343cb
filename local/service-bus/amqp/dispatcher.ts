import type { Sender } from 'rhea';
import type { LocalClock } from '../../clock.ts';
import { Refusal } from '../model/errors.ts';
import type { MessageQueue, QueueObserver } from '../model/queue.ts';
import type { SessionLock } from '../model/sessions.ts';
import { refusing } from './errors.ts';
import { OutgoingLink } from './outgoing-link.ts';

/** A receiver that asked for any session and waits until there is one. */
interface SessionWaiter {
  readonly holder: string;
  readonly granted: (lock: SessionLock) => void;
  readonly cancelTimeout: () => void;
}

/** Hands the messages of one queue to its links in turn, and its sessions to receivers that wait for any. */
export class Dispatcher implements QueueObserver {
  readonly #queue: MessageQueue;
  readonly #clock: LocalClock;
  /** Least recently served first. */
  readonly #links = new Set<OutgoingLink>();
  /** Longest waiting first. */
  readonly #waiters = new Set<SessionWaiter>();
  #isAwake = false;

  constructor(queue: MessageQueue, clock: LocalClock) {
    this.#queue = queue;
    this.#clock = clock;
    queue.observe(this);
  }

  /** Starts to serve a receiver; `sessionId` and `holder` say which session it holds. */
  add(sender: Sender, session: { sessionId: string; holder: string } | undefined): OutgoingLink {
    const wake = () => this.messageReady();
    const deliverNow = () => this.#deliver();
    const link = new OutgoingLink(sender, this.#queue, session, wake, deliverNow);
    this.#links.add(link);
    return link;
  }

  remove(link: OutgoingLink): void {
    this.#links.delete(link);
  }

  /**
   * Calls `granted` with the next session that has messages and no holder; `timedOut` when there is none within
   * `timeoutMs` of local time. Returns a function that stops waiting.
   */
  awaitSession(
    holder: string,
    timeoutMs: number,
    granted: (lock: SessionLock) => void,
    timedOut: () => void,
  ): () => void {
    const cancelTimeout = this.#clock.after(timeoutMs, () => {
      this.#waiters.delete(waiter);
      timedOut();
    });
    const waiter: SessionWaiter = { holder, granted, cancelTimeout };
    this.#waiters.add(waiter);
    return () => {
      cancelTimeout();
      this.#waiters.delete(waiter);
    };
  }

  messageReady(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    // Together for all that happens in this tick, and after the operation that made messages available.
    queueMicrotask(() => {
      this.#isAwake = false;
      this.#grantSessions();
      this.#deliver();
    });
  }

  sessionLockExpired(lock: SessionLock): void {
    for (const link of this.#links) {
      if (link.claim?.holder !== lock.holder) continue;
      this.#links.delete(link);
      link.close(
        new Refusal(
          'SessionLockLost',
          `The session lock has expired on the session '${lock.sessionId}'. Accept the session again.`,
        ),
      );
    }
  }

  #grantSessions(): void {
    for (const waiter of this.#waiters) {
      const lock = this.#queue.sessions.acceptNext(waiter.holder);
      if (lock === undefined) return;
      this.#waiters.delete(waiter);
      waiter.cancelTimeout();
      waiter.granted(lock);
    }
  }

  #deliver(): void {
    let hungry = [...this.#links];
    while (hungry.length > 0) hungry = hungry.filter((link) => this.#deliverTo(link));
  }

  #deliverTo(link: OutgoingLink): boolean {
    let isDelivered = false;
    // A session can be lost while its receiver is served; `sessionLockExpired` has then closed the link.
    refusing(
      () => (isDelivered = link.deliverNext()),
      () => this.#links.delete(link),
    );
    if (isDelivered && this.#links.delete(link)) this.#links.add(link);
    return isDelivered;
  }
}
