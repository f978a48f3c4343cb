import type { RunResult } from './run.ts';

/** Figures over many runs. */
export interface Totals {
  seeds: number;
  steps: number;
  virtualMs: number;
  clusters: number;
  failures: number;
  readonly ends: Map<string, number>;
  readonly verdicts: Map<string, number>;
  readonly writes: Map<string, number>;
  readonly drift: Map<string, number>;
  readonly faults: Map<string, number>;
  readonly broken: Map<string, number>;
}

export function emptyTotals(): Totals {
  const maps = {
    ends: new Map(),
    verdicts: new Map(),
    writes: new Map(),
    drift: new Map(),
    faults: new Map(),
    broken: new Map(),
  };
  return { seeds: 0, steps: 0, virtualMs: 0, clusters: 0, failures: 0, ...maps };
}

export function addTo(
  totals: Totals,
  { steps, virtualMs, clusters, ends, verdicts, writes, drift, fired, violations }: RunResult,
): void {
  totals.seeds += 1;
  totals.steps += steps;
  totals.virtualMs += virtualMs;
  totals.clusters += clusters;
  for (const end of ends) add(totals.ends, end, 1);
  for (const [verdict, count] of verdicts) add(totals.verdicts, verdict, count);
  for (const [method, count] of writes) add(totals.writes, method, count);
  for (const [what, count] of drift) add(totals.drift, what, count);
  for (const [kind, count] of fired) add(totals.faults, kind, count);
  const [first] = violations;
  if (first === undefined) return;
  totals.failures += 1;
  add(totals.broken, first.oracle, 1);
}

function add(map: Map<string, number>, key: string, count: number): void {
  map.set(key, (map.get(key) ?? 0) + count);
}

/** The figures as people read them. */
export function describe(totals: Totals, seconds: number): string {
  const sum = (map: Map<string, number>): number => [...map.values()].reduce((all, count) => all + count, 0);
  const parts = (map: Map<string, number>): string =>
    [...map]
      .sort(([, one], [, other]) => other - one)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ');
  return [
    `seeds       ${totals.seeds} in ${seconds.toFixed(1)} s`,
    `steps       ${totals.steps} (${Math.round(totals.steps / seconds)} a second)`,
    `time        ${(totals.virtualMs / 3_600_000).toFixed(1)} hours simulated, ${Math.round(totals.virtualMs / 1000 / seconds)} times real time`,
    `rollouts    ${sum(totals.ends)} (${parts(totals.ends)})`,
    `clusters    ${totals.clusters}, ${sum(totals.verdicts)} verdicts (${parts(totals.verdicts)})`,
    `writes      ${sum(totals.writes)} (${parts(totals.writes)})`,
    `drift       ${parts(totals.drift)}`,
    `faults      ${sum(totals.faults)} (${parts(totals.faults)})`,
    `violations  ${totals.failures === 0 ? 'none' : `${totals.failures} (${parts(totals.broken)})`}`,
  ].join('\n');
}
