import type { Deps } from '../deps.ts';

/** Sweeps that are looked through for one that is complete. Ours: when so many came to nothing, something else is wrong. */
const SWEEPS_LOOKED_THROUGH = 10;

/** The newest sweep that has seen the whole fleet. */
export interface CompleteSweep {
  readonly id: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Undefined when none of the last sweeps is complete: drift is never acted on with half a picture. */
export async function lastCompleteSweep({ compliance }: Deps): Promise<CompleteSweep | undefined> {
  for (const { id, startedAt, shards: wanted } of await compliance.listSweeps(SWEEPS_LOOKED_THROUGH)) {
    const shards = (await compliance.sweep(id))?.shards ?? [];
    const done = shards.flatMap(({ doneAt }) => doneAt ?? []);
    if (done.length >= wanted) return { id, startedAt, finishedAt: Math.max(...done) };
  }
  return undefined;
}
