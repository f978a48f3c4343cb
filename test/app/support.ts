import { ManualClock } from '../../local/clock.ts';
import { MemoryActivityLog } from '../../src/adapters/memory/activity-log.ts';
import { MemoryArm } from '../../src/adapters/memory/arm.ts';
import { AzureWorld, type ClusterSeed } from '../../src/adapters/memory/azure-world.ts';
import { MemoryBus } from '../../src/adapters/memory/bus.ts';
import { MemoryCommitStatuses } from '../../src/adapters/memory/commit-statuses.ts';
import { MemoryGitRemote } from '../../src/adapters/memory/git-remote.ts';
import { MemoryGraph } from '../../src/adapters/memory/graph.ts';
import { MemoryNotifier } from '../../src/adapters/memory/notifier.ts';
import { MemorySecrets } from '../../src/adapters/memory/secrets.ts';
import { MemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { MemoryPolicy } from '../../src/adapters/memory/policy.ts';
import { createMemoryStores } from '../../src/adapters/memory/stores.ts';
import { createDigest } from '../../src/adapters/system/digest.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { advanceRollout } from '../../src/app/advance-rollout.ts';
import type { Deps } from '../../src/app/deps.ts';
import { runOperation } from '../../src/app/run-operation.ts';
import { submitRollout } from '../../src/app/submit-rollout.ts';
import type { Actor } from '../../src/contracts/actor.ts';
import { OperationMessage, WakeMessage } from '../../src/contracts/messages.ts';
import { OPERATIONS_QUEUE, ROLLOUTS_QUEUE } from '../../src/contracts/queues.ts';
import { hasEnded, type Rollout } from '../../src/contracts/rollout-state.ts';
import type { Arm } from '../../src/ports/arm.ts';
import type { RolloutStore } from '../../src/ports/rollout-store.ts';
import { cluster as fleetCluster, request, SUBSCRIPTION_A } from '../core/clusters.ts';

export const alice: Actor = { kind: 'key', name: 'alice' };
export const bob: Actor = { kind: 'key', name: 'bob' };
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export const idOf = (name: string): string => fleetCluster(name).id;

/** One write that reached ARM's port. */
export interface Write {
  readonly kind: 'configuration' | 'extension' | 'fluxV1';
  /** `put`, `patch` or `delete`. */
  readonly verb: string;
  readonly clusterId: string;
  readonly body: unknown;
}

const KINDS: Readonly<Record<string, Write['kind']>> = {
  Configuration: 'configuration',
  Extension: 'extension',
  FluxV1: 'fluxV1',
};

/** The application over memory adapters, a fleet that moves with the clock, and a log of every write. */
export class Bench {
  readonly clock = new ManualClock();
  readonly azure = new AzureWorld(this.clock);
  readonly bus = new MemoryBus(() => this.clock.now());
  readonly policy = new MemoryPolicy();
  readonly activityLog = new MemoryActivityLog();
  readonly notifier = new MemoryNotifier();
  readonly secrets = new MemorySecrets();
  readonly gitRemote = new MemoryGitRemote();
  readonly telemetry = new MemoryTelemetry();
  readonly commitStatuses = new MemoryCommitStatuses();
  readonly writes: Write[] = [];
  readonly deps: Deps;
  /** Calls of ARM that a test answers itself. */
  readonly arm: Partial<Arm> = {};
  readonly real: Arm = new MemoryArm(this.azure);

  constructor(clusters: readonly Partial<ClusterSeed>[], names = clusters.map((_, n) => `c${n}`)) {
    clusters.forEach((seed, n) => this.azure.add({ id: idOf(names[n] ?? `c${n}`), ...seed }));
    const stores = createMemoryStores();
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
    this.deps = {
      clock: this.clock,
      ids: createIds(this.clock),
      digest: createDigest('a key for tests, long enough for it'),
      log: quiet,
      store: stores.rolloutStore,
      index: stores.rolloutIndex,
      leases: stores.leases,
      budgets: stores.budgets,
      inventory: stores.inventory,
      bus: this.bus,
      arm: this.#watched(),
      graph: new MemoryGraph(this.azure),
      secrets: this.secrets,
      sentSecrets: stores.sentSecrets,
      compliance: stores.compliance,
      policy: this.policy,
      activityLog: this.activityLog,
      notifier: this.notifier,
      bindings: stores.bindings,
      hooks: stores.hooks,
      deliveries: stores.deliveries,
      definitions: stores.definitions,
      gitRemote: this.gitRemote,
      telemetry: this.telemetry,
      commitStatuses: this.commitStatuses,
      subscriptions: [SUBSCRIPTION_A],
      publicUrl: undefined,
    };
  }

  #watched(): Arm {
    return new Proxy(this.real, {
      get: (real, name: keyof Arm) => {
        const method = (Reflect.get(this.arm, name) ?? Reflect.get(real, name)) as (...call: unknown[]) => unknown;
        const [, verb, what] = /^(put|patch|delete)(Configuration|Extension|FluxV1)$/.exec(name) ?? [];
        return (clusterId: string, ...rest: unknown[]): unknown => {
          if (verb !== undefined) {
            const body = verb === 'delete' ? undefined : rest[1];
            this.writes.push({ kind: KINDS[what ?? ''] ?? 'configuration', verb, clusterId, body });
          }
          return method.call(real, clusterId, ...rest);
        };
      },
    });
  }

  async submit(changes: Record<string, unknown> = {}, actor = alice): Promise<Rollout> {
    return (await submitRollout(this.deps, { request: request(changes), actor })).rollout;
  }

  /** Submits and plans: the first clusters are queued, their messages are in the bus. */
  async submitAndPlan(changes: Record<string, unknown> = {}): Promise<Rollout> {
    const { id } = await this.submit(changes);
    await advanceRollout(this.deps, id);
    return this.rollout(id);
  }

  async rollout(id: string): Promise<Rollout> {
    const header = await this.deps.store.header(id);
    if (header === undefined) throw new Error(`no rollout ${id}`);
    return header.value;
  }

  async row(id: string, ordinal = 0) {
    return (await this.deps.store.liveRow(id, ordinal))?.value;
  }

  /** Verdicts and codes by ordinal. */
  async results(id: string): Promise<Record<number, string>> {
    const rows = await this.deps.store.results(id, { from: 0, to: 1000 });
    return Object.fromEntries(
      rows.map(({ value }) => [value.ordinal, `${value.outcome.verdict} ${value.outcome.code}`]),
    );
  }

  /** The next operation that can be received now, taken off its queue. */
  nextOperation(): OperationMessage | undefined {
    const body = this.#take(OPERATIONS_QUEUE);
    return body === undefined ? undefined : OperationMessage.parse(JSON.parse(body));
  }

  #take(name: string): string | undefined {
    const queue = this.bus.queues.get(name);
    const delivery = queue?.receive(this.clock.now());
    if (queue === undefined || delivery === undefined) return undefined;
    queue.complete(delivery, this.clock.now());
    return delivery.body;
  }

  /** Runs everything that is due now; true when there was something. */
  async deliver(): Promise<boolean> {
    const operation = this.nextOperation();
    if (operation !== undefined) await runOperation(this.deps, operation);
    const wake = this.#take(ROLLOUTS_QUEUE);
    if (wake !== undefined) await advanceRollout(this.deps, WakeMessage.parse(JSON.parse(wake)).rolloutId);
    return operation !== undefined || wake !== undefined;
  }

  /** Lets time pass second by second, delivering what falls due, until the rollout has ended or `limitMs` is over. */
  async run(id: string, limitMs = 60 * MINUTE, watch?: () => Promise<void>): Promise<Rollout> {
    const end = this.clock.now() + limitMs;
    while (this.clock.now() < end && !hasEnded((await this.rollout(id)).status)) {
      while (await this.deliver()) await watch?.();
      this.clock.advance(SECOND);
    }
    return this.rollout(id);
  }
}

/** The store with one method replaced; the replacement is handed the real one. */
export function withSaveLive(
  store: RolloutStore,
  replace: (
    save: RolloutStore['saveLive'],
    ...call: Parameters<RolloutStore['saveLive']>
  ) => ReturnType<RolloutStore['saveLive']>,
): RolloutStore {
  return new Proxy(store, {
    get: (real, key) => {
      if (key === 'saveLive') return replace.bind(undefined, real.saveLive.bind(real));
      const value: unknown = Reflect.get(real, key);
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
  });
}
