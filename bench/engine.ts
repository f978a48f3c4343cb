import type { LiveRow, Target } from '../src/contracts/cluster-rows.ts';
import type { Rollout } from '../src/contracts/rollout-state.ts';
import { admit, type Offer } from '../src/core/rollout/admit.ts';
import { advance, type Decision } from '../src/core/rollout/advance.ts';
import { openStage } from '../src/core/rollout/commands.ts';
import { STEP_ROWS_MAX } from '../src/core/rollout/draft.ts';
import { findViolations } from '../src/core/rollout/invariants.ts';
import { sighted, type Sightings } from '../src/core/rollout/sightings.ts';
import { newStage } from '../src/core/plan/stage.ts';

/** One engine run: decisions are dispatches and accounted verdicts, each cluster has one of both. */
export interface EngineFigures {
  readonly bench: 'engine';
  readonly clusters: number;
  readonly steps: number;
  readonly decisionsPerSecond: number;
  readonly rssMiBMax: number;
}

/** Drives `advance` and `admit` through a whole rollout, invariants included, with clusters that all succeed. No I/O. */
export function benchEngine(clusters: number): EngineFigures {
  let rollout = newRollout(clusters);
  let live: LiveRow[] = [];
  let now = rollout.createdAt;
  let steps = 0;
  let rssMax = 0;
  const startedAt = performance.now();
  while (rollout.endedAt === undefined) {
    now += 1000;
    const sightings = seeAll(rollout, live);
    const decided = advance(rollout, live, [], sightings, now);
    const decision = admit(decided, offers(decided, now));
    const violations = findViolations(rollout, live, decision);
    if (violations.length > 0) throw new Error(violations.join('; '));
    rollout = decision.rollout;
    live = [...decision.live.values()].map((row) => (row.state === 'queued' ? written(row, now) : row));
    steps += 1;
    if (steps % 100 === 0) rssMax = Math.max(rssMax, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - startedAt) / 1000;
  rssMax = Math.max(rssMax, process.memoryUsage.rss());
  return {
    bench: 'engine',
    clusters,
    steps,
    decisionsPerSecond: Math.round((2 * clusters) / seconds),
    rssMiBMax: Math.round(rssMax / 2 ** 20),
  };
}

function newRollout(clusters: number): Rollout {
  const now = Date.UTC(2026, 0, 1);
  const stage = { name: 'everyone', maxConcurrency: '25%', soak: 0, gates: {} };
  const strategy = { maxConcurrency: 1, maxFailures: 0, onBreach: 'halt', progressDeadline: 900, stages: [] } as const;
  return {
    schema: 1,
    id: 'bench',
    name: 'bench',
    createdAt: now,
    createdBy: { kind: 'local', name: 'bench' },
    planHash: '',
    actions: ['apply cluster-config'],
    subjects: ['cluster-config'],
    targets: clusters,
    offline: 'defer',
    deferForSeconds: 600,
    maxFailures: 0,
    warnings: [],
    stages: [newStage(stage, { ...strategy, stages: [] }, { first: 0, size: clusters }, now)],
    plan: { create: clusters, update: 0, remove: 0, unchanged: 0, installExtension: 0, offline: 0 },
    status: 'Running',
    statusSince: now,
    stop: 'none',
    failuresExcused: 0,
    verified: false,
    nextCheckAt: now,
    wakeAt: now,
    deferCheckedAt: now,
    soakCheckedAt: now,
    polledAt: now,
    eventSequence: 0,
    eventHash: '',
  };
}

function target(ordinal: number): Target {
  const clusterId = `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-fleet/providers/Microsoft.Kubernetes/connectedClusters/arc-${ordinal}`;
  return { ordinal, clusterId, extension: 'Succeeded', offline: false, values: {} };
}

function offers(decision: Decision, now: number): Offer[] {
  const stage = openStage(decision.rollout);
  if (stage === undefined) return [];
  const count = Math.min(decision.room, STEP_ROWS_MAX - decision.rows, stage.first + stage.size - stage.next);
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({
    kind: 'next',
    target: target(stage.next + index),
    slotAt: now,
  }));
}

/** Half a commit of the live set has come out well since the last step. */
function seeAll(rollout: Rollout, live: readonly LiveRow[]): Sightings {
  const verification = { regressions: [], complete: true };
  const outcome = { verdict: 'Succeeded', code: 'Compliant', detail: '', at: rollout.nextCheckAt } as const;
  const clusters = live
    .slice(0, STEP_ROWS_MAX / 2)
    .map((row) => ({ ...sighted(row), kind: 'outcome' as const, outcome }));
  const isLast = openStage(rollout) === undefined;
  return { clusters, polled: true, ...(isLast && { verification }) };
}

function written(row: LiveRow, now: number): LiveRow {
  return { ...row, state: 'written', wrote: true, writtenAt: now };
}
