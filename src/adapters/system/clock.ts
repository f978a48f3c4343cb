import type { Clock } from '../../ports/clock.ts';

/** A clock that runs `speed` times faster than real time since `originMs`; all processes of a local cloud share both. */
export interface ClockScale {
  readonly speed: number;
  readonly originMs: number;
}

/** Real time, or scaled time for the local cloud. Whole milliseconds. */
export function createClock(scale?: ClockScale): Clock {
  if (scale === undefined) return { now: () => Date.now() };
  const { speed, originMs } = scale;
  return { now: () => Math.floor(originMs + (Date.now() - originMs) * speed) };
}
