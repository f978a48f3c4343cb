/** Time (law 10). In the local cloud it may run faster than real time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}
