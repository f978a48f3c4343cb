import type { BindingRecord } from '../../contracts/policy-binding.ts';

/** How often the timer comes, so that a binding is due when the tick nearest to its time is there. */
const TICK_MS = 300_000;

/** True when as much time as the binding says has passed since it last did something. */
export function isTimeAgain({ binding }: Pick<BindingRecord, 'binding'>, lastAt: number, now: number): boolean {
  return now >= lastAt + binding.every * 1000 - TICK_MS / 2;
}
