import { hash32 } from './random.ts';

/**
 * Every fault the simulation knows, with the probability it has per opportunity at scale 1. An opportunity is a port call, a
 * message, a timer tick or a cluster; numbers such as F36 are those of the fault model.
 */
export const FAULTS = {
  /** F01–F03: the invocation dies at an await. */
  crash: 0.004,
  /** F07: a whole host dies at a port call. */
  hostCrash: 0.0006,
  /** F04, F09: the invocation stands still for seconds to minutes, its lock runs out, it goes on. */
  zombie: 0.003,
  /** F36, F38: storage refuses before the effect. */
  storageBefore: 0.02,
  /** F37: storage did it, the caller sees an error. */
  storageAfter: 0.015,
  /** Calls that take seconds. */
  slow: 0.02,
  /** F29, F25: the bus refuses, or accepts and says it did not. */
  busBefore: 0.03,
  busAfter: 0.03,
  /** Law 1: a message is lost. */
  messageLost: 0.03,
  /** F15. */
  messageTwice: 0.05,
  /** F16, F17. */
  messageLate: 0.08,
  /** F18: the lock is lost while the handler works. */
  lockLost: 0.02,
  /** F19, F20: the work is done, completing the message fails. */
  completeFails: 0.02,
  /** F30, F32: an old message comes again, hours later. */
  messageReplayed: 0.03,
  /** F46: somebody else used up the bucket. */
  armThrottled: 0.06,
  /** F47. */
  armConflict: 0.03,
  /** F48, before and after the effect. */
  armUnavailable: 0.03,
  armUnavailableAfter: 0.02,
  /** F49, F50, F60: the deadline passes; the write never landed, or lands at some time before it. */
  armTimeoutLost: 0.02,
  armTimeoutLanded: 0.03,
  /** F62: Resource Graph shows the past. */
  graphLag: 0.5,
  graphFails: 0.05,
  /** Azure Policy: 429, 503 before the effect, and after it. */
  policyThrottled: 0.03,
  policyUnavailable: 0.04,
  policyUnavailableAfter: 0.06,
  /** The vault does not answer. */
  secretsUnavailable: 0.05,
  /** F52 and others that never heal: clusters of the fleet. */
  clusterBroken: 0.12,
  clusterStuck: 0.06,
  clusterSilent: 0.06,
  clusterDenied: 0.03,
  clusterRecovers: 0.1,
  clusterOffline: 0.1,
  clusterNeedsExtension: 0.15,
  clusterExtensionFails: 0.04,
  /** F54, F56, F57 while a rollout runs. */
  clusterDeleted: 0.04,
  clusterRecreated: 0.04,
  clusterBlinks: 0.1,
  /** A cluster that was good goes bad. */
  clusterRegresses: 0.05,
  /** F14. */
  clockSkew: 1,
  /** A timer does not fire. */
  timerMissed: 0.1,
} as const;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** Faults of the fleet itself: they do not stop when the world heals. */
const PERMANENT: readonly FaultKind[] = [
  'clusterBroken',
  'clusterStuck',
  'clusterSilent',
  'clusterDenied',
  'clusterExtensionFails',
];

/** Exactly one fault in a run: the `nth` opportunity of its kind, counted from 0. */
export interface SingleFault {
  readonly kind: FaultKind;
  readonly nth: number;
}

/**
 * Which faults a run has. Each is drawn by `hash(seed, kind, key)`, never from the schedule's stream, so switching one
 * kind off leaves the others where they were: that is what makes shrinking possible.
 */
export class FaultPlan {
  readonly seed: number;
  readonly scale: ReadonlyMap<FaultKind, number>;
  readonly fired = new Map<FaultKind, number>();
  /** How often each kind could have happened. */
  readonly opportunities = new Map<FaultKind, number>();
  readonly #single: SingleFault | undefined;
  #healed = false;

  constructor(seed: number, scale: ReadonlyMap<FaultKind, number>, single?: SingleFault) {
    this.seed = seed;
    this.scale = scale;
    this.#single = single;
  }

  /** Whether this fault happens at this opportunity; `key` names the opportunity and must be used once. */
  fires(kind: FaultKind, key: string): boolean {
    if (this.#healed && !PERMANENT.includes(kind)) return false;
    const count = this.opportunities.get(kind) ?? 0;
    this.opportunities.set(kind, count + 1);
    if (this.#single?.kind === kind && this.#single.nth === count) {
      this.fired.set(kind, 1);
      return true;
    }
    const probability = FAULTS[kind] * (this.scale.get(kind) ?? 0);
    if (probability === 0 || this.unit(kind, key) >= probability) return false;
    this.fired.set(kind, (this.fired.get(kind) ?? 0) + 1);
    return true;
  }

  /** A number in [0, 1) that belongs to this opportunity: how long, how many. */
  unit(purpose: string, key: string): number {
    return hash32(this.seed, `${purpose}|${key}`) / 2 ** 32;
  }

  get healed(): boolean {
    return this.#healed;
  }

  heal(): void {
    this.#healed = true;
  }
}

/** Swarm testing: each kind is off in two runs of five, otherwise scaled at random, so that runs differ in kind, not only in number. */
export function drawScale(seed: number): Map<FaultKind, number> {
  return new Map(
    FAULT_KINDS.map((kind) => {
      const off = hash32(seed, `swarm/${kind}`) / 2 ** 32 < 0.4;
      const scale = 0.2 + (hash32(seed, `scale/${kind}`) / 2 ** 32) * 2.3;
      return [kind, off ? 0 : scale];
    }),
  );
}
