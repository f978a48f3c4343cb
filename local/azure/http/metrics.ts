/** Counts of everything the simulated ARM did since it started; `GET /admin/metrics` shows it. */
export interface Metrics {
  /** ARM requests, refused ones included; calls of the admin endpoint are not counted. */
  requests: number;
  /** 429 answers of ARM's token buckets: a well-behaved client causes none. */
  throttled: number;
  /** 429 answers of Resource Graph's own quota. */
  graphThrottled: number;
  /** 409 answers of real conflicts, not of injected ones. */
  conflicts: number;
  /** Requests by method and resource kind, such as `PUT fluxConfigurations`. */
  readonly byOperation: Record<string, number>;
  readonly byStatus: Record<string, number>;
  /** Injected faults by kind. */
  readonly faults: Record<string, number>;
  /** Lines of the journal file that were dropped because the disk was too slow. */
  journalDropped: number;
}

export function newMetrics(): Metrics {
  return {
    requests: 0,
    throttled: 0,
    graphThrottled: 0,
    conflicts: 0,
    byOperation: {},
    byStatus: {},
    faults: {},
    journalDropped: 0,
  };
}

/** Adds one to a counter of a table whose keys are few by construction. */
export function increment(counters: Record<string, number>, key: string): void {
  counters[key] = (counters[key] ?? 0) + 1;
}
