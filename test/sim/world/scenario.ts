import type { Actor } from '../../../src/contracts/actor.ts';
import { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import type { CommandKind } from '../../../src/contracts/command.ts';
import type { AgentBehaviour } from '../../../src/adapters/memory/azure-cluster.ts';
import type { ClusterSeed } from '../../../src/adapters/memory/azure-world.ts';
import type { FaultPlan } from '../kernel/faults.ts';
import { Random } from '../kernel/random.ts';

/** Something that happens to a cluster by itself. */
export interface ClusterEvent {
  readonly atMs: number;
  readonly clusterId: string;
  readonly what: 'disconnects' | 'connects' | 'deleted' | 'recreated' | 'regresses';
}

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

export interface Scenario {
  readonly clusters: readonly ClusterSeed[];
  readonly events: readonly ClusterEvent[];
  readonly submissions: readonly Submission[];
  readonly clicks: readonly Click[];
  readonly hosts: number;
  /** Messages one host works on at once, per queue. */
  readonly hostConcurrency: number;
  /** When the faults stop. */
  readonly safetyMs: number;
  /** Requests per second and burst of ARM, per subscription, writes; small ones make the budget matter. */
  readonly armBurst: number;
  /** The refusal of overlapping requests is off, as if two had slipped through: leases alone keep the rollouts apart (law 8). */
  readonly overlaps: boolean;
}

/** Upper ends of a scenario's size: the shrinker lowers them. */
export interface Size {
  readonly clusters: number;
  readonly rollouts: number;
}

/** Nothing left out. */
export const FULL_SIZE: Size = { clusters: 30, rollouts: 3 };

export const SUBSCRIPTIONS = ['00000000-0000-4000-a000-000000000001', '00000000-0000-4000-a000-000000000002'] as const;
/** Marks bodies that must never show up in logs, messages or events. */
export const CANARY_TOKEN = 'canary-7f3a91-never-leak';

const MINUTE_MS = 60_000;
/** The first request comes when Resource Graph has had time to see the fleet, however far it lags. */
const START_MS = 5 * MINUTE_MS;
const PEOPLE = ['ada', 'grace', 'edsger', 'barbara'] as const;

/** Draws what happens in a run. Every part has its own stream, so that a smaller run keeps what is left of it. */
export function drawScenario(seed: number, faults: FaultPlan, size: Size): Scenario {
  const random = new Random(seed, 'scenario');
  const clusterCount = Math.min(random.int(3, random.chance(0.3) ? 30 : 12), size.clusters);
  const rolloutCount = Math.min(random.pick([1, 1, 2, 2, 3]), size.rollouts);
  const safetyMs = START_MS + random.int(25, 80) * MINUTE_MS;
  const hosts = random.int(1, 3);
  const hostConcurrency = random.int(1, 8);
  const armBurst = random.chance(0.3) ? 3 : 200;
  const overlaps = random.chance(0.6);
  const clusters = Array.from({ length: clusterCount }, (_, index) => drawCluster(seed, faults, index));
  const submissions = Array.from({ length: rolloutCount }, (_, index) => drawSubmission(seed, index, clusters));
  return {
    clusters: clusters.map(({ cluster }) => cluster),
    events: clusters.flatMap(({ events }) => events),
    submissions,
    clicks: submissions.flatMap((_, index) => drawClicks(seed, index, safetyMs)),
    ...{ hosts, hostConcurrency, safetyMs, armBurst, overlaps },
  };
}

interface DrawnCluster {
  readonly cluster: ClusterSeed;
  readonly events: ClusterEvent[];
}

function drawCluster(seed: number, faults: FaultPlan, index: number): DrawnCluster {
  const random = new Random(seed, `cluster/${index}`);
  const name = `c${String(index).padStart(2, '0')}`;
  const provider = random.chance(0.5)
    ? 'Microsoft.Kubernetes/connectedClusters'
    : 'Microsoft.ContainerService/managedClusters';
  const id = `/subscriptions/${random.pick(SUBSCRIPTIONS)}/resourceGroups/rg-${index % 3}/providers/${provider}/${name}`;
  const fires = (kind: Parameters<FaultPlan['fires']>[0]): boolean => faults.fires(kind, name);
  const outcome: AgentBehaviour['outcome'] = fires('clusterBroken')
    ? 'fails'
    : fires('clusterStuck')
      ? 'stuck'
      : fires('clusterSilent')
        ? random.pick(['silent', 'refuses'])
        : fires('clusterRecovers')
          ? 'recovers'
          : 'converges';
  const offline = fires('clusterOffline');
  const cluster: ClusterSeed = {
    id,
    tags: { ring: String(index % 4), env: random.pick(['prod', 'test']) },
    agent: {
      outcome,
      acceptMs: random.int(2000, 60_000),
      syncMs: random.int(5000, 90_000),
      recoverMs: random.int(10_000, 50_000),
      repeatsOldStatus: random.chance(0.4),
      commitFormat: random.pick(['branch@sha1:commit', 'branch/commit']),
      installMs: random.int(30_000, 150_000),
      install: fires('clusterExtensionFails') ? random.pick(['fails', 'stuck']) : 'succeeds',
    },
    deniesWrites: fires('clusterDenied'),
    connected: !offline,
    hasExtension: !fires('clusterNeedsExtension'),
    configurations: random.chance(0.5) ? { app: oldConfiguration() } : {},
  };
  return { cluster, events: drawEvents(random, faults, name, id, offline) };
}

function drawEvents(
  random: Random,
  faults: FaultPlan,
  name: string,
  clusterId: string,
  offline: boolean,
): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const some = (low: number, high: number): number => START_MS + random.int(low * MINUTE_MS, high * MINUTE_MS);
  const [returnsAt, goneAt, blinksAt, backAfter, regressesAt] = [
    some(3, 70),
    some(2, 50),
    some(2, 50),
    some(1, 30),
    some(3, 60),
  ];
  if (offline && random.chance(0.7)) events.push({ atMs: returnsAt, clusterId, what: 'connects' });
  if (faults.fires('clusterDeleted', name)) events.push({ atMs: goneAt, clusterId, what: 'deleted' });
  if (faults.fires('clusterRecreated', name)) events.push({ atMs: goneAt, clusterId, what: 'recreated' });
  if (faults.fires('clusterRegresses', name)) events.push({ atMs: regressesAt, clusterId, what: 'regresses' });
  if (faults.fires('clusterBlinks', name)) {
    events.push(
      { atMs: blinksAt, clusterId, what: 'disconnects' },
      { atMs: blinksAt + backAfter, clusterId, what: 'connects' },
    );
  }
  return events;
}

/** What somebody rolled out before. The token stands for anything private in a body. */
function oldConfiguration(): Record<string, unknown> {
  return {
    scope: 'cluster',
    namespace: 'flux-system',
    sourceKind: 'GitRepository',
    suspend: false,
    gitRepository: {
      url: `https://git.example/${CANARY_TOKEN}`,
      repositoryRef: { branch: 'main', commit: 'a'.repeat(40) },
      timeoutInSeconds: 600,
      syncIntervalInSeconds: 600,
    },
    kustomizations: {
      apps: {
        name: 'apps',
        path: './old',
        timeoutInSeconds: 600,
        syncIntervalInSeconds: 600,
        prune: false,
        force: false,
      },
    },
  };
}

function drawSubmission(seed: number, index: number, clusters: readonly DrawnCluster[]): Submission {
  const random = new Random(seed, `submission/${index}`);
  const stageCount = random.int(1, 4);
  const some = clusters.map(({ cluster }) => cluster.id).filter(() => random.chance(0.7));
  const selector = random.pick([{}, {}, { tags: { env: 'prod' } }, some.length === 0 ? {} : { ids: some }]);
  const request = RolloutRequest.parse({
    name: `rollout-${index}`,
    target: {
      selector,
      offline: random.pick(['defer', 'defer', 'skip', 'fail']),
      deferFor: random.int(5, 30) * 60,
      unmatched: 'lastStage',
    },
    change: { configurations: [newConfiguration(seed, random.chance(0.3) ? 0 : index)] },
    strategy: {
      maxConcurrency: random.pick([1, 2, 3, 5, '50%', '100%']),
      maxFailures: random.pick([0, 1, 2, '25%', '100%']),
      progressDeadline: random.int(4, 15) * 60,
      stages: Array.from({ length: stageCount }, (_, stage) => drawStage(random, stage, stageCount)),
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

/** Asking for what another submission asked for finds some clusters as desired already. */
function newConfiguration(seed: number, revision: number): Record<string, unknown> {
  const random = new Random(seed, `revision/${revision}`);
  return {
    name: random.chance(0.75) ? 'app' : 'infra',
    namespace: 'flux-system',
    sourceKind: 'GitRepository',
    gitRepository: { url: 'https://git.example/fleet', repositoryRef: { branch: 'main', commit: random.hex(40) } },
    kustomizations: { apps: { path: './apps' }, base: { path: './base', dependsOn: [] } },
  };
}

function drawStage(random: Random, stage: number, count: number): Record<string, unknown> {
  const gate = (): Record<string, unknown> => ({
    approval: {
      quorum: random.int(1, 2),
      requesterMayApprove: random.chance(0.3),
      ...(random.chance(0.2) && { expiresAfter: random.int(5, 30) * 60 }),
    },
  });
  const [before, after] = [random.chance(0.15) ? gate() : undefined, random.chance(0.15) ? gate() : undefined];
  return {
    name: `stage-${stage}`,
    ...(stage < count - 1 && { selector: { tags: { ring: String(stage) } } }),
    ...(random.chance(0.4) && { maxConcurrency: random.int(1, 4) }),
    ...(random.chance(0.4) && { maxFailures: random.int(0, 2) }),
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
