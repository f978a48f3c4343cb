import { REJECTIONS_RECORDED_PER_MINUTE } from '../../contracts/limits.ts';
import { reserveSlots, type Budget, type Quota } from '../../core/throttle/budget.ts';

const SECONDS_PER_MINUTE = 60;
/** Hooks whose rate is remembered at once; an attacker can name any, so it is bounded. Ours. */
const HOOKS_REMEMBERED_MAX = 2000;

/** Answers that are waited for before work that nobody waits for goes on all the same. Ours. */
const ANSWERS_FIRST_MAX = 20;

/** What this process remembers of the deliveries of the last minute: rates of hooks, and how many rejections were written down. */
export class DeliveryGate {
  readonly #hooks = new Map<string, Budget>();
  #answering = 0;
  #patient: { answersLeft: number; goOn: () => void }[] = [];
  #rejections: Budget | undefined;
  #unrecorded = 0;

  /** Takes one delivery of a hook; false when it sends more than it may. */
  admit(hook: string, deliveriesPerMinute: number, now: number): boolean {
    const { budget, slots } = reserveSlots(this.#hooks.get(hook), perMinute(deliveriesPerMinute), 1, now, 0);
    this.#hooks.delete(hook);
    this.#hooks.set(hook, budget);
    const [oldest] = this.#hooks.keys();
    if (this.#hooks.size > HOOKS_REMEMBERED_MAX && oldest !== undefined) this.#hooks.delete(oldest);
    return slots.length > 0;
  }

  /** Runs what a provider waits for. */
  async answer<T>(work: () => Promise<T>): Promise<T> {
    this.#answering++;
    try {
      return await work();
    } finally {
      this.#answering--;
      for (const one of this.#patient) one.answersLeft--;
      const mayGoOn = ({ answersLeft }: { answersLeft: number }): boolean => this.#answering === 0 || answersLeft === 0;
      const ready = this.#patient.filter(mayGoOn);
      this.#patient = this.#patient.filter((one) => !mayGoOn(one));
      for (const { goOn } of ready) goOn();
    }
  }

  /** Resolves when no delivery is being answered, or when some more have been: a process that does both answers first. */
  async answersFirst(): Promise<void> {
    if (this.#answering === 0) return;
    await new Promise<void>((goOn) => this.#patient.push({ answersLeft: ANSWERS_FIRST_MAX, goOn }));
  }

  /**
   * Says whether a rejection is written down: a flood of forged deliveries must not become a flood of writes.
   *
   * @returns how many before it were not, or undefined when this one is not either.
   */
  recordRejection(now: number): number | undefined {
    const { budget, slots } = reserveSlots(this.#rejections, perMinute(REJECTIONS_RECORDED_PER_MINUTE), 1, now, 0);
    this.#rejections = budget;
    if (slots.length === 0) {
      this.#unrecorded += 1;
      return undefined;
    }
    const before = this.#unrecorded;
    this.#unrecorded = 0;
    return before;
  }
}

/** The whole minute may come at once. */
function perMinute(count: number): Quota {
  return { capacity: count, refillPerSecond: count / SECONDS_PER_MINUTE };
}
