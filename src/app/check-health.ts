import { formatDuration } from '../contracts/duration.ts';
import {
  HEALTH_FAULT_KEPT_SECONDS,
  HEALTH_KEPT_SECONDS,
  OVERDUE_SECONDS,
  SWEEP_EVERY_SECONDS,
} from '../contracts/timing.ts';
import type { Probe, Within } from '../ports/probe.ts';
import type { Deps } from './deps.ts';
import { sweepStatus } from './read/compliance-sweeps.ts';
import { isoTime } from './read/rollout-view.ts';

/** What one part of the health answer says. `detail` may name what belongs to the installation. */
export interface HealthPart {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Whether this installation can do its work, and what keeps it from that. */
export interface HealthAnswer {
  readonly ok: boolean;
  readonly at: string;
  readonly parts: readonly HealthPart[];
}

/** Rollouts of which the header is looked at. Ours. */
const HEADERS_MAX = 100;

/**
 * The health of this process and of what it works with. Anybody may ask at any rate, so what was found is told for some seconds, and those
 * who ask at the same time share one check.
 */
export class Health {
  readonly #deps: Deps;
  readonly #probes: readonly Probe[];
  readonly #within: Within;
  #checking: Promise<HealthAnswer> | undefined;
  #last: { readonly answer: HealthAnswer; readonly staleAt: number } | undefined;

  constructor(deps: Deps, probes: readonly Probe[], within: Within) {
    this.#deps = deps;
    this.#probes = probes;
    this.#within = within;
  }

  async check(): Promise<HealthAnswer> {
    if (this.#last !== undefined && this.#deps.clock.now() < this.#last.staleAt) return this.#last.answer;
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #check(): Promise<HealthAnswer> {
    const deps = this.#deps;
    const parts = await Promise.all([
      this.#part('rollouts', () => describeRollouts(deps)),
      this.#part('sweeps', () => describeSweeps(deps)),
      this.#part('inventory', () => describeInventory(deps)),
      ...this.#probes.map((probe) => this.#part(probe.name, async () => ({ ok: true, detail: await probe.check() }))),
    ]);
    const ok = parts.every((part) => part.ok);
    const now = deps.clock.now();
    const answer = { ok, at: isoTime(now), parts };
    const keptSeconds = ok ? HEALTH_KEPT_SECONDS : HEALTH_FAULT_KEPT_SECONDS;
    this.#last = { answer, staleAt: now + keptSeconds * 1000 };
    return answer;
  }

  async #part(name: string, check: () => Promise<{ ok: boolean; detail: string }>): Promise<HealthPart> {
    try {
      return { name, ...(await this.#within(check())) };
    } catch (error) {
      return { name, ok: false, detail: error instanceof Error ? error.message : 'does not answer' };
    }
  }
}

/** The tables answer, and rollouts get on: who is late by more than the timer's minute is not woken. */
async function describeRollouts({ index, store, clock }: Deps): Promise<{ ok: boolean; detail: string }> {
  const { rollouts } = await index.active();
  const headers = await Promise.all(rollouts.slice(0, HEADERS_MAX).map(({ rolloutId }) => store.header(rolloutId)));
  const found = headers.flatMap((header) => header?.value ?? []);
  const [oldest] = found.toSorted((left, right) => left.nextCheckAt - right.nextCheckAt);
  const lateSeconds = oldest === undefined ? 0 : (clock.now() - oldest.nextCheckAt) / 1000;
  const broken = found.filter(({ waiting }) => waiting?.code === 'EngineFault');
  const problems = [
    // The timer wakes what is overdue each minute: twice that late means that wake-ups do not get through.
    ...(oldest !== undefined && lateSeconds >= 3 * OVERDUE_SECONDS
      ? [`${oldest.id} is overdue for ${formatDuration(lateSeconds)}: look at the queue rollouts and its dead letters`]
      : []),
    ...(broken[0] === undefined
      ? []
      : [`${broken.length} cannot be advanced, such as ${broken[0].id}: see its waiting`]),
  ];
  return { ok: problems.length === 0, detail: [`${rollouts.length} active`, ...problems].join('; ') };
}

/** Sweeps begin every hour. Two that are missing mean that the timer does not run. */
async function describeSweeps({ compliance, clock }: Deps): Promise<{ ok: boolean; detail: string }> {
  const [newest] = await compliance.listSweeps(1);
  if (newest === undefined) return { ok: true, detail: 'none yet' };
  const found = await compliance.sweep(newest.id);
  const ageSeconds = (clock.now() - newest.startedAt) / 1000;
  const status = found === undefined ? 'gone' : sweepStatus(found, clock.now()).toLowerCase();
  const ok = ageSeconds < 3 * SWEEP_EVERY_SECONDS;
  const late = ok ? '' : ': look at the timer start-sweep';
  return { ok, detail: `the last began ${formatDuration(ageSeconds)} ago (${newest.id}, ${status})${late}` };
}

async function describeInventory({ inventory, clock }: Deps): Promise<{ ok: boolean; detail: string }> {
  const stored = await inventory.head();
  if (stored === undefined) return { ok: true, detail: 'not taken yet; it is taken with the first plan' };
  const age = formatDuration((clock.now() - stored.takenAt) / 1000);
  return { ok: true, detail: `${stored.clusters} clusters, taken ${age} ago` };
}
