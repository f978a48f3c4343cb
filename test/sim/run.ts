import type { RolloutStatus } from '../../src/contracts/rollout-state.ts';
import type { Bug } from './bugs/bug.ts';
import { checkDrains, fastDrain, portableDrain } from './kernel/drain.ts';
import type { FaultKind, SingleFault } from './kernel/faults.ts';
import { raiseGuard } from './kernel/guard.ts';
import { Kernel, RunawayError } from './kernel/kernel.ts';
import type { Size } from './world/scenario.ts';
import { Simulation } from './world/simulation.ts';

export interface RunOptions {
  readonly seed: number;
  /** Scale of each fault kind; drawn from the seed when absent. */
  readonly scale?: ReadonlyMap<FaultKind, number>;
  readonly size?: Size;
  /** One fault at one place, besides those of `scale`. */
  readonly single?: SingleFault;
  readonly bug?: Bug;
  /** Watches this property alone. */
  readonly oracle?: string;
  /** Keeps the message-sequence trace. */
  readonly trace?: boolean;
}

export interface Violation {
  readonly oracle: string;
  readonly detail: string;
  /** Virtual time since the run began. */
  readonly at: string;
}

export interface RunResult {
  readonly seed: number;
  /** Covers every event of the run: the same seed gives the same hash. */
  readonly hash: string;
  readonly steps: number;
  readonly virtualMs: number;
  readonly clusters: number;
  readonly ends: readonly RolloutStatus[];
  readonly verdicts: ReadonlyMap<string, number>;
  /** Accepted writes by their method. */
  readonly writes: ReadonlyMap<string, number>;
  /** What became of compliance: sweeps, corrections, brakes. */
  readonly drift: ReadonlyMap<string, number>;
  readonly fired: ReadonlyMap<FaultKind, number>;
  readonly opportunities: ReadonlyMap<FaultKind, number>;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
}

/** A run of this many steps has gone wild (S20): ordinary ones take some thousands. */
const STEPS_MAX = 150_000;

const drain = fastDrain();

/** Runs one seed: safety phase, healing, liveness phase, final oracles. Stops at the first violation. Not from inside a microtask. */
export function runSeed(options: RunOptions): RunResult {
  checkDrains(drain);
  const trace: string[] | undefined = options.trace === true ? [] : undefined;
  const simulation = new Simulation(options, new Kernel(options.seed, drain, trace), trace);
  const lowerGuard = raiseGuard();
  try {
    for (const phase of simulation.phases()) simulation.kernel.run(phase.endMs, STEPS_MAX, phase.until);
  } catch (error) {
    simulation.crashed(error instanceof RunawayError ? 'S20' : 'kernel', error);
  } finally {
    lowerGuard();
  }
  return simulation.result();
}

/** The same with a turn of the event loop per step instead of V8's checkpoint: must give the same hash. */
export async function runSeedPortably(options: RunOptions): Promise<RunResult> {
  const simulation = new Simulation(options, new Kernel(options.seed, portableDrain()), undefined);
  for (const phase of simulation.phases()) await simulation.kernel.runPortably(phase.endMs, STEPS_MAX, phase.until);
  return simulation.result();
}
