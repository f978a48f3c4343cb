/** One thing outside that Flotilla works with, asked whether it can be used. */
export interface Probe {
  /** What it is. Anybody may read it, so it names nothing of an installation. */
  readonly name: string;
  /** What it says of itself, in words for those who may read them. Throws an `Error` whose message says what is wrong. */
  check(): Promise<string>;
}

/** Waits for work no longer than a check may take; throws `Transient` then. The work itself goes on to its own deadline. */
export type Within = <T>(work: Promise<T>) => Promise<T>;
