import type { Alarm, Alarms } from './alarms.ts';
import { Refusal } from './errors.ts';
import { LazyHeap } from './lazy-heap.ts';
import { newLine } from './lines.ts';
import type { Line } from './lines.ts';
import type { QueuedMessage } from './message.ts';

/** A receiver's exclusive claim on a session. */
export interface SessionLock {
  readonly sessionId: string;
  /** Who holds it: the name of the link that accepted the session. */
  readonly holder: string;
  untilMs: number;
  alarm: Alarm;
}

/** One session: its line, its lock, its opaque state. It is forgotten once it has none of the three. */
export interface Session {
  readonly id: string;
  readonly line: Line;
  /** Messages that the holder of the lock has received and not settled. */
  readonly locked: Set<QueuedMessage>;
  lock: SessionLock | undefined;
  state: Buffer | undefined;
  /** Local-cloud time of the last change of `state`. */
  updatedAtMs: number;
}

/** A session's turn in the queue for receivers that take any session; void once the session's turn changed. */
interface Turn {
  readonly session: Session;
  readonly sequence: number;
}

/** What sessions tell the outside, from within a change. */
export interface SessionsListener {
  /** A session without a holder has messages. */
  sessionAvailable(): void;
  /** The lock is gone; the session's locked messages are still to be returned. */
  lockExpired(session: Session, lock: SessionLock): void;
}

/** The sessions of one queue: who holds which, and which one the next receiver gets. */
export class Sessions {
  readonly #alarms: Alarms;
  readonly #lockDurationMs: number;
  readonly #listener: SessionsListener;
  readonly #sessions = new Map<string, Session>();
  readonly #turns: LazyHeap<Turn>;
  readonly #turnOf = new Map<Session, Turn>();
  #turnSequence = 0;

  constructor(alarms: Alarms, lockDurationMs: number, listener: SessionsListener) {
    this.#alarms = alarms;
    this.#lockDurationMs = lockDurationMs;
    this.#listener = listener;
    this.#turns = new LazyHeap<Turn>(
      (a, b) => a.sequence < b.sequence,
      (turn) => this.#turnOf.get(turn.session) === turn,
    );
  }

  /** The session of this name, made when it does not exist yet. */
  open(sessionId: string): Session {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const session: Session = {
      id: sessionId,
      line: newLine(),
      locked: new Set(),
      lock: undefined,
      state: undefined,
      updatedAtMs: this.#alarms.now(),
    };
    this.#sessions.set(sessionId, session);
    return session;
  }

  /** Locks a session for `holder`, also one without messages. Refuses with SessionCannotBeLocked while another holds it. */
  accept(sessionId: string, holder: string): SessionLock {
    const session = this.open(sessionId);
    if (session.lock !== undefined) {
      throw new Refusal(
        'SessionCannotBeLocked',
        `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
      );
    }
    return this.#lock(session, holder);
  }

  /** Locks the session that has waited longest with a message and no holder; undefined when there is none. */
  acceptNext(holder: string): SessionLock | undefined {
    for (let turn = this.#turns.peek(); turn !== undefined; turn = this.#turns.peek()) {
      if (turn.session.line.peek() !== undefined) return this.#lock(turn.session, holder);
      this.refresh(turn.session);
    }
    return undefined;
  }

  /**
   * The session, if it is locked; by `holder`, when one is named. Refuses with SessionLockLost otherwise.
   * A request that names no link is trusted to come from the holder, as it knows the session.
   */
  held(sessionId: string, holder: string | undefined): { session: Session; lock: SessionLock } {
    const session = this.#sessions.get(sessionId);
    const lock = session?.lock;
    if (session === undefined || lock === undefined || (holder !== undefined && lock.holder !== holder)) {
      throw new Refusal(
        'SessionLockLost',
        `The session lock has expired on the session '${sessionId}'. Accept the session again.`,
      );
    }
    return { session, lock };
  }

  /** Extends the lock by the queue's lock duration from now; returns its new end. */
  renew(sessionId: string, holder: string | undefined): number {
    const { session, lock } = this.held(sessionId, holder);
    lock.alarm.cancel();
    lock.untilMs = this.#alarms.now() + this.#lockDurationMs;
    lock.alarm = this.#expiryAlarm(session, lock);
    for (const message of session.locked) if (message.lock !== undefined) message.lock.untilMs = lock.untilMs;
    return lock.untilMs;
  }

  /** Sets or clears the opaque state of a session that is held. */
  setState(sessionId: string, holder: string | undefined, state: Buffer | undefined): void {
    const { session } = this.held(sessionId, holder);
    session.state = state;
    session.updatedAtMs = this.#alarms.now();
  }

  /** Ends a lock. The caller decides what happens to the messages that were locked in the session, then calls `refresh`. */
  unlock(session: Session): void {
    session.lock?.alarm.cancel();
    session.lock = undefined;
  }

  /** A message of a session waits for a receiver. */
  join(message: QueuedMessage): void {
    const session = this.open(message.sessionId ?? '');
    session.line.push(message);
    session.updatedAtMs = this.#alarms.now();
    this.refresh(session);
  }

  /** Puts the session in line for receivers, takes it out, or forgets it, as its present state demands. */
  refresh(session: Session): void {
    if (session.lock !== undefined || session.line.peek() === undefined) this.#turnOf.delete(session);
    else if (!this.#turnOf.has(session)) this.#takeTurn(session);
    const isInUse = session.lock !== undefined || session.locked.size > 0 || session.state !== undefined;
    if (!isInUse && session.line.peek() === undefined) this.#sessions.delete(session.id);
  }

  /** Ids of up to `top` sessions whose state changed after `updatedAfterMs`, in order of appearance. */
  list(updatedAfterMs: number, skip: number, top: number): string[] {
    const matching = [...this.#sessions.values()].filter((session) => session.updatedAtMs > updatedAfterMs);
    return matching.slice(skip, skip + top).map((session) => session.id);
  }

  #takeTurn(session: Session): void {
    const turn = { session, sequence: this.#turnSequence++ };
    this.#turnOf.set(session, turn);
    this.#turns.push(turn);
    this.#listener.sessionAvailable();
  }

  #lock(session: Session, holder: string): SessionLock {
    const untilMs = this.#alarms.now() + this.#lockDurationMs;
    const lock: SessionLock = { sessionId: session.id, holder, untilMs, alarm: NO_ALARM };
    lock.alarm = this.#expiryAlarm(session, lock);
    session.lock = lock;
    this.#turnOf.delete(session);
    return lock;
  }

  #expiryAlarm(session: Session, lock: SessionLock): Alarm {
    return this.#alarms.set(lock.untilMs, () => {
      this.unlock(session);
      this.#listener.lockExpired(session, lock);
      this.refresh(session);
    });
  }
}

const NO_ALARM: Alarm = { cancel: () => undefined };
