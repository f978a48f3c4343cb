import { FAULT_KINDS, type FaultKind } from './kernel/faults.ts';
import { runSeed, type RunResult } from './run.ts';
import type { Size } from './world/scenario.ts';

/** Small enough that every place can be tried. */
const SMALL: Size = { clusters: 3, rollouts: 1, drift: true };
const NONE: ReadonlyMap<FaultKind, number> = new Map(FAULT_KINDS.map((kind) => [kind, 0]));
/** Kinds that strike a call, a message or a handler; the others belong to the fleet, to clocks and to Resource Graph's lag. */
const KINDS = FAULT_KINDS.filter((kind) => !kind.startsWith('cluster') && kind !== 'clockSkew' && kind !== 'graphLag');

/**
 * One fault at a time, at every place where it can strike (the complement of random seeds: what these miss by chance, this
 * cannot miss). With `placesMax`, that many places per kind, evenly spread.
 */
export function* runSingleFaults(seed: number, placesMax = Infinity): Generator<RunResult> {
  const { opportunities } = runSeed({ seed, scale: NONE, size: SMALL });
  for (const kind of KINDS) {
    const places = opportunities.get(kind) ?? 0;
    const stride = Math.max(1, Math.ceil(places / placesMax));
    for (let nth = 0; nth < places; nth += stride)
      yield runSeed({ seed, scale: NONE, size: SMALL, single: { kind, nth } });
  }
}
