import type { Actor } from '../../../src/contracts/actor.ts';
import { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import type { CommandKind } from '../../../src/contracts/command.ts';
import type { ClusterSeed } from '../../../src/adapters/memory/azure-world.ts';
import type { FaultPlan } from '../kernel/faults.ts';
import { Random } from '../kernel/random.ts';
import { drawChange, drawPlainChange } from './draw-change.ts';
import { drawDrift, hasDrift, type DriftPlan } from './draw-drift.ts';
import { drawCluster, START_MS, type ClusterEvent, type DrawnCluster } from './draw-cluster.ts';

/** A person asks for a rollout; an impatient one asks again with the same key. */
export interface Submission {
  readonly atMs: number;
  readonly request: RolloutRequest;
  readonly actor: Actor;
  readonly idempotencyKey: string | undefined;
  readonly times: number;
}

/** A person acts on the rollout that came of a submission. */
export interface Click {
  readonly atMs: number;
  readonly submission: number;
  readonly kind: CommandKind;
  readonly actor: Actor;
}

/** A newer rollout takes the place of the one that came of a submission; told as often as its definition is looked at. */
export interface Supersede {
  readonly atMs: number;
  readonly submission: number;
  readonly by: string;
}

export interface Scenario {
  readonly clusters: readonly ClusterSeed[];
  readonly events: readonly ClusterEvent[];
  readonly submissions: readonly Submission[];
  readonly clicks: readonly Click[];
  readonly supersedes: readonly Supersede[];
  readonly hosts: number;
  /** Messages one host works on at once, per queue. */
  readonly hostConcurrency: number;
  /** When the faults stop. */
  readonly safetyMs: number;
  /** Requests per second and burst of ARM, per subscription, writes; small ones make the budget matter. */
  readonly armBurst: number;
  /** The refusal of overlapping requests is off, as if two had slipped through: leases alone keep the rollouts apart (law 8). */
  readonly overlaps: boolean;
  /** Absent in a run that is about rollouts alone. */
  readonly drift: DriftPlan | undefined;
}

/** Upper ends of a scenario's size: the shrinker lowers them. */
export interface Size {
  readonly clusters: number;
  readonly rollouts: number;
  /** Whether compliance may be part of the run. */
  readonly drift: boolean;
}

/** Nothing left out. */
export const FULL_SIZE: Size = { clusters: 30, rollouts: 3, drift: true };

const MINUTE_MS = 60_000;
const PEOPLE = ['ada', 'grace', 'edsger', 'barbara'] as const;

/** Draws what happens in a run. Every part has its own stream, so that a smaller run keeps what is left of it. */
export function drawScenario(seed: number, faults: FaultPlan, size: Size): Scenario {
  const random = new Random(seed, 'scenario');
  const clusterCount = Math.min(random.int(3, random.chance(0.3) ? 30 : 12), size.clusters);
  const rolloutCount = Math.min(random.pick([1, 1, 2, 2, 3]), size.rollouts);
  const withDrift = size.drift && hasDrift(seed);
  // Drift takes its time: a rollout, a change behind our back, a sweep, a decision, a correction.
  const safetyMs = START_MS + (random.int(25, 80) + (withDrift ? 40 : 0)) * MINUTE_MS;
  const hosts = random.int(1, 3);
  const hostConcurrency = random.int(1, 8);
  const armBurst = random.chance(0.3) ? 3 : 200;
  const overlaps = random.chance(0.6);
  const clusters = Array.from({ length: clusterCount }, (_, index) => drawCluster(seed, faults, index));
  const submissions = Array.from({ length: rolloutCount }, (_, index) =>
    drawSubmission(seed, index, clusters, withDrift),
  );
  const ids = clusters.map(({ cluster }) => cluster.id);
  const drift = withDrift ? drawDrift(seed, ids, safetyMs) : undefined;
  return {
    clusters: clusters.map(({ cluster }) => cluster),
    events: [...clusters.flatMap(({ events }) => events), ...(drift?.meddling ?? [])],
    submissions,
    clicks: submissions.flatMap((_, index) => drawClicks(seed, index, safetyMs)),
    supersedes: submissions.flatMap((_, index) => drawSupersedes(seed, index, safetyMs)),
    ...{ hosts, hostConcurrency, safetyMs, armBurst, overlaps, drift },
  };
}

function drawSubmission(
  seed: number,
  index: number,
  clusters: readonly DrawnCluster[],
  withDrift: boolean,
): Submission {
  const random = new Random(seed, `submission/${index}`);
  const stageCount = random.int(1, 4);
  const some = clusters.map(({ cluster }) => cluster.id).filter(() => random.chance(0.7));
  const selector = random.pick([{}, {}, { tags: { env: 'prod' } }, some.length === 0 ? {} : { ids: some }]);
  // Without a rollout that succeeds there is nothing that could drift.
  const plain = withDrift && random.chance(0.6);
  const request = RolloutRequest.parse({
    name: `rollout-${index}`,
    target: {
      selector,
      offline: random.pick(['defer', 'defer', 'skip', 'fail']),
      deferFor: random.int(5, 30) * 60,
      unmatched: 'lastStage',
      blocked: random.chance(0.85) ? 'skip' : 'error',
    },
    // Asking for what another submission asked for finds some clusters as desired already.
    change: (plain ? drawPlainChange : drawChange)(new Random(seed, `revision/${random.chance(0.3) ? 0 : index}`)),
    strategy: {
      maxConcurrency: random.pick([1, 2, 3, 5, '50%', '100%']),
      maxFailures: plain ? '100%' : random.pick([0, 1, 2, '25%', '100%']),
      progressDeadline: random.int(4, 15) * 60,
      stages: Array.from({ length: stageCount }, (_, stage) => drawStage(random, stage, stageCount, plain)),
    },
  });
  return {
    atMs: START_MS + (index === 0 ? 0 : random.int(0, random.pick([2, 10, 40]) * MINUTE_MS)),
    request,
    actor: { kind: 'key', name: random.pick(PEOPLE) },
    idempotencyKey: random.chance(0.7) ? `key-${seed}-${index}` : undefined,
    times: random.int(1, 3),
  };
}

function drawStage(random: Random, stage: number, count: number, plain: boolean): Record<string, unknown> {
  const gate = (): Record<string, unknown> => ({
    approval: {
      quorum: random.int(1, 2),
      requesterMayApprove: random.chance(0.3),
      ...(random.chance(0.2) && { expiresAfter: random.int(5, 30) * 60 }),
    },
  });
  const [before, after] = [0, 1].map(() => (!plain && random.chance(0.15) ? gate() : undefined));
  return {
    name: `stage-${stage}`,
    ...(stage < count - 1 && { selector: { tags: { ring: String(stage) } } }),
    ...(random.chance(0.4) && { maxConcurrency: random.int(1, 4) }),
    ...(!plain && random.chance(0.4) && { maxFailures: random.int(0, 2) }),
    soak: random.chance(0.5) ? 0 : random.int(30, 300),
    gates: { ...(before && { before }), ...(after && { after }) },
  };
}

/** Impatient, contradictory people: they click at any moment, and often twice. */
function drawClicks(seed: number, submission: number, safetyMs: number): Click[] {
  const random = new Random(seed, `clicks/${submission}`);
  const clicks: Click[] = [];
  const approvers = random.chance(0.8);
  const meddlers = random.chance(0.6);
  for (let atMs = START_MS; atMs < safetyMs; atMs += random.int(20_000, 300_000)) {
    const actor: Actor = { kind: 'key', name: random.pick(PEOPLE) };
    const roll = random.unit();
    const kind: CommandKind | undefined =
      roll < 0.5 ? (approvers ? 'approve' : undefined) : !meddlers ? undefined : meddle(random);
    if (kind === undefined) continue;
    clicks.push({ atMs, submission, kind, actor });
    if (random.chance(0.25)) clicks.push({ atMs: atMs + random.int(0, 2000), submission, kind, actor });
  }
  return clicks;
}

function meddle(random: Random): CommandKind {
  const roll = random.unit();
  if (roll < 0.38) return 'pause';
  if (roll < 0.92) return 'resume';
  return roll < 0.96 ? 'cancel' : 'reject';
}

/** Some rollouts are superseded at some moment, told several times. */
function drawSupersedes(seed: number, submission: number, safetyMs: number): Supersede[] {
  const random = new Random(seed, `supersede/${submission}`);
  if (!random.chance(0.15)) return [];
  const firstMs = random.int(START_MS, safetyMs);
  const by = `newer-than-${submission}`;
  return Array.from({ length: random.int(1, 3) }, (_, time) => ({
    atMs: firstMs + time * random.pick([500, MINUTE_MS]),
    submission,
    by,
  }));
}
