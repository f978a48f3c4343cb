/** A function host: it runs invocations, its clock may be off, and it may die. */
export interface Host {
  readonly name: string;
  /** What its clock shows more than the true time. */
  skewMs: number;
  /** Grows at every start; an invocation of an earlier life is dead. */
  life: number;
}

/** One run of a handler. Port calls check `alive`: a dead one never hears back. */
export class Invocation {
  readonly id: string;
  readonly host: Host;
  /** What it works on, for the trace and for ground truth: `operations(rollout/ordinal/attempt/step)`. */
  readonly about: string;
  readonly rolloutId: string | undefined;
  readonly ordinal: number | undefined;
  readonly #life: number;
  #dead = false;
  /** It stands still, or was told that its lock is lost: its lock is not renewed any more. */
  lockLost = false;
  /** A call of it failed: what it leaves undone is for others to make good. */
  disturbed = false;
  calls = 0;

  constructor(id: string, host: Host, about: string, subject: { rolloutId?: string; ordinal?: number } = {}) {
    this.id = id;
    this.host = host;
    this.about = about;
    this.rolloutId = subject.rolloutId;
    this.ordinal = subject.ordinal;
    this.#life = host.life;
  }

  get alive(): boolean {
    return !this.#dead && this.#life === this.host.life;
  }

  die(): void {
    this.#dead = true;
  }
}
