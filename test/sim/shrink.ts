import { drawScale, type FaultKind } from './kernel/faults.ts';
import { runSeed, type RunOptions, type RunResult } from './run.ts';
import { FULL_SIZE, type Size } from './world/scenario.ts';

/** The smallest run found that still breaks the same property. */
export interface Shrunk {
  readonly options: RunOptions;
  readonly result: RunResult;
  /** Kinds of fault that are still needed. */
  readonly needed: readonly FaultKind[];
  readonly runs: number;
}

/** Size limits tried in turn, each on its own. */
const SIZES: readonly Partial<Size>[] = [
  { drift: false },
  { rollouts: 1 },
  { rollouts: 2 },
  ...[2, 3, 4, 6, 9, 14].map((clusters) => ({ clusters })),
];

/**
 * Shrinks a failing run: drops kinds of fault one by one (their streams are keyed, so the others stay where they were), then
 * rollouts and clusters. Every candidate must break the same property.
 */
export function shrink(failing: RunOptions, oracle: string): Shrunk {
  let options = { ...failing, scale: failing.scale ?? drawScale(failing.seed), size: failing.size ?? FULL_SIZE };
  let runs = 0;
  const stillFails = (candidate: RunOptions): boolean => {
    runs += 1;
    return runSeed({ ...candidate, trace: false }).violations.some((violation) => violation.oracle === oracle);
  };
  for (const limits of SIZES) {
    const candidate = { ...options, size: { ...options.size, ...limits } };
    const isSmaller =
      candidate.size.clusters <= options.size.clusters && candidate.size.rollouts <= options.size.rollouts;
    if (isSmaller && stillFails(candidate)) options = candidate;
  }
  for (const [kind, scale] of [...options.scale]) {
    if (scale === 0) continue;
    const candidate = { ...options, scale: new Map(options.scale).set(kind, 0) };
    if (stillFails(candidate)) options = candidate;
  }
  const needed = [...options.scale].filter(([, scale]) => scale > 0).map(([kind]) => kind);
  return { options, result: runSeed({ ...options, trace: true }), needed, runs };
}
