import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';

/** Random bytes fetched at once. Ours: a ULID takes 16 draws, and a call for each of them was 3 % of the work on a webhook. */
const POOL_BYTES = 4096;

/** ULIDs of the clock's time. Within one millisecond, or when the clock steps back, the last one is counted up. */
export function createIds(clock: Clock): Ids {
  const ulid = monotonicFactory(pooledRandom());
  return { next: () => ulid(clock.now()) };
}

/** Numbers from 0 to below 1, in 256 steps: ULIDs use 32 of them. */
function pooledRandom(): () => number {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return () => {
    if (used === POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    return pool.readUInt8(used++) / 256;
  };
}
