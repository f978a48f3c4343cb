import type { LocalClock } from '../../clock.ts';

export interface LockRenewalOptions {
  readonly clock: LocalClock;
  /** End of the lock as the broker states it, in local-cloud time. */
  readonly lockedUntil: Date | undefined;
  /** Extends the lock and returns its new end. */
  readonly renew: () => Promise<Date>;
  /** Renewal ends this many local-cloud milliseconds after the start; 0: never renew. */
  readonly durationMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps a lock alive by renewing it at half of what remains, until stopped or `durationMs` has passed. The SDK's own
 * renewal cannot serve here: it compares the lock's end, which is local-cloud time, with the machine's clock.
 */
export function keepLocked(options: LockRenewalOptions): () => void {
  const { clock, renew, durationMs, onError } = options;
  const renewUntil = clock.now() + durationMs;
  let stopped = false;
  let cancel = (): void => undefined;

  function schedule(lockedUntil: Date | undefined): void {
    const remainingMs = (lockedUntil?.getTime() ?? 0) - clock.now();
    if (stopped || remainingMs <= 0 || clock.now() + remainingMs / 2 > renewUntil) return;
    cancel = clock.after(remainingMs / 2, () => {
      renew().then(schedule, onError);
    });
  }

  schedule(options.lockedUntil);
  return () => {
    stopped = true;
    cancel();
  };
}
