import type { AzureWorld } from '../../../src/adapters/memory/azure-world.ts';
import type { MemoryPolicy } from '../../../src/adapters/memory/policy.ts';
import type { MemoryBus } from '../../../src/adapters/memory/bus.ts';
import type { ArmWrite, Fact, Mirror } from '../world/facts.ts';
import type { ComplianceRecorder } from '../world/compliance-recorder.ts';
import type { Recorder } from '../world/recorder.ts';
import type { Scenario } from '../world/scenario.ts';

/** What an oracle may look at: ground truth only, never the application's own counters as proof. */
export interface View {
  /** True time. */
  readonly now: () => number;
  readonly scenario: Scenario;
  readonly azure: AzureWorld;
  readonly policy: MemoryPolicy;
  readonly bus: MemoryBus;
  readonly recorder: Recorder;
  readonly compliance: ComplianceRecorder;
  readonly writes: readonly ArmWrite[];
  /** Bodies of messages that were delivered too often. */
  readonly buried: readonly string[];
  /** When everything had ended and only what is quiet follows; undefined before. */
  readonly quietAt: () => number | undefined;
  /** When the faults stopped; undefined before. */
  readonly healedAt: () => number | undefined;
  /** True when no fault at all was drawn for this run. */
  readonly faultFree: boolean;
}

/** A look may be this much older than what it led to. */
export const LOOK_MS = 5 * 60_000;

/** Reports a violation: what was seen, in one sentence. */
export type Report = (detail: string) => void;

export interface Oracle {
  readonly observe?: (fact: Fact) => void;
  /** Asked once, when the run is over. */
  readonly atEnd?: () => void;
}

/** One property of the fault model (S1–S24 hold after every step, L1–L9 at the end of the liveness phase). */
export interface OracleSpec {
  readonly id: string;
  readonly about: string;
  readonly create: (view: View, report: Report) => Oracle;
}

/** Clusters of a rollout as people name them in a report. */
export function shortName(mirror: Mirror): string {
  return `rollout ${mirror.id.slice(-6)}`;
}
