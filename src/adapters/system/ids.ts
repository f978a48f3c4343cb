import { monotonicFactory } from 'ulid';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';

/** ULIDs of the clock's time. Within one millisecond, or when the clock steps back, the last one is counted up. */
export function createIds(clock: Clock): Ids {
  const ulid = monotonicFactory();
  return { next: () => ulid(clock.now()) };
}
