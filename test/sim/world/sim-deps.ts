import type { Deps } from '../../../src/app/deps.ts';
import { MemoryCommitStatuses } from '../../../src/adapters/memory/commit-statuses.ts';
import { MemoryGitRemote } from '../../../src/adapters/memory/git-remote.ts';
import { subscriptionOf } from '../../../src/app/budgets.ts';
import { createDigest } from '../../../src/adapters/system/digest.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import type { MemoryArm } from '../../../src/adapters/memory/arm.ts';
import type { MemoryBus } from '../../../src/adapters/memory/bus.ts';
import type { ActivityLog } from '../../../src/ports/activity-log.ts';
import type { Graph } from '../../../src/ports/graph.ts';
import type { InventoryStore } from '../../../src/ports/inventory-store.ts';
import type { Ids } from '../../../src/ports/ids.ts';
import type { Notifier } from '../../../src/ports/notifier.ts';
import type { Policy } from '../../../src/ports/policy.ts';
import type { Secrets } from '../../../src/ports/secrets.ts';
import type { Host, Invocation } from '../kernel/invocation.ts';
import { call, callPages, type CallFaults, type CallSite } from '../kernel/port.ts';
import type { Fact } from './facts.ts';
import { allPages, type ComplianceRecorder } from './compliance-recorder.ts';
import { leaseKey, type Recorder } from './recorder.ts';
import { simArm } from './sim-arm.ts';
import { TELEMETRY_OFF } from '../../../src/adapters/telemetry/off.ts';
import { simBus } from './sim-bus.ts';
import { simGraph } from './sim-graph.ts';
import { simPolicy } from './sim-policy.ts';
import { simSecrets } from './sim-secrets.ts';
import { SUBSCRIPTIONS } from './draw-cluster.ts';

export type Stores = Pick<
  Deps,
  | 'store'
  | 'index'
  | 'leases'
  | 'budgets'
  | 'inventory'
  | 'sentSecrets'
  | 'compliance'
  | 'bindings'
  | 'definitions'
  | 'hooks'
  | 'deliveries'
>;

/** What all invocations of a run share. */
export interface Backends {
  readonly stores: Stores;
  readonly arm: MemoryArm;
  readonly graph: Graph;
  readonly secrets: Secrets;
  readonly policy: Policy;
  readonly activityLog: ActivityLog;
  readonly notifier: Notifier;
  readonly bus: MemoryBus;
  readonly ids: ReadonlyMap<Host, Ids>;
  readonly recorder: Recorder;
  readonly complianceRecorder: ComplianceRecorder;
  readonly emit: (fact: Fact) => void;
  readonly pump: (queue: string) => void;
}

const STORAGE_FAULTS = {
  before: 'storageBefore',
  after: 'storageAfter',
  error: () => new Transient('ServerBusy', 'Table Storage did not answer.'),
} as const;

/** Ports that answer what went wrong instead of throwing it. */
const ANSWERED_FAULTS = { error: () => new Error('It throws no faults.') } as const;

/** Methods that answer in pages. */
const PAGED = new Set<string | symbol>(['snapshots', 'baselines', 'nonCompliant']);

/** The ports of one invocation: every awaited call goes through the kernel, every accepted write through the recorder. */
export function simDeps(site: CallSite, backends: Backends, invocation: Invocation): Deps {
  const { stores, recorder, complianceRecorder, emit } = backends;
  const epochs = new Map<string, number>();
  const { kernel } = site;
  const stored = <T extends object>(prefix: string, inner: T): T =>
    throughKernel(site, invocation, prefix, STORAGE_FAULTS, inner);
  const log = (message: string, facts?: Readonly<Record<string, unknown>>): void => {
    const text = `${message} ${JSON.stringify(facts ?? {})}`;
    kernel.note(`${invocation.about} log: ${text}`);
    emit({ kind: 'logged', text });
  };
  const leases = recorder.leaseStore(stores.leases, invocation, (lease) => {
    epochs.set(leaseKey(lease.clusterId, lease.subject), lease.epoch);
  });
  return {
    clock: { now: () => kernel.now() + invocation.host.skewMs },
    ids: backends.ids.get(invocation.host) ?? { next: () => unknownHost(invocation) },
    digest: createDigest('a key for the simulator, long enough for it'),
    log: { info: log, warn: log, error: log },
    store: stored('store', recorder.store(stores.store, invocation)),
    index: stored('index', stores.index),
    leases: stored('leases', leases),
    budgets: stored('budgets', recorder.budgetStore(stores.budgets, invocation)),
    inventory: readFirst(stored('inventory', complianceRecorder.inventory(stores.inventory, invocation))),
    sentSecrets: stored('sentSecrets', stores.sentSecrets),
    compliance: stored('compliance', complianceRecorder.compliance(stores.compliance, invocation)),
    bindings: stored('bindings', complianceRecorder.bindingStore(stores.bindings, invocation)),
    definitions: stored('definitions', stores.definitions),
    hooks: stored('hooks', stores.hooks),
    deliveries: stored('deliveries', stores.deliveries),
    policy: simPolicy(site, invocation, backends.policy, {
      begun: (request) => {
        kernel.note(`${invocation.about} task ${request.name.slice(-6)} of ${request.resourceIds.length} clusters`);
        emit({ kind: 'taskBegun', request, invocation });
      },
      throttled: (subscriptionId, retryAfterMs) => {
        emit({ kind: 'throttled', subscriptionId, retryAfterMs, isWrite: true, invocation });
      },
    }),
    notifier: throughKernel(site, invocation, 'notifier', ANSWERED_FAULTS, backends.notifier),
    activityLog: throughKernel(site, invocation, 'activityLog', ANSWERED_FAULTS, backends.activityLog),
    bus: simBus(site, invocation, backends.bus, (queue, { id, message, at }) => {
      emit({ kind: 'sent', queue, id, body: JSON.stringify(message), at });
      backends.pump(queue);
    }),
    arm: simArm(site, invocation, backends.arm, {
      issued: (write) => {
        kernel.note(`${invocation.about} ${write.method} ${write.name} on ${write.clusterId.slice(-3)} issued`);
        emit({ kind: 'writeIssued', write, mirror: recorder.mirror(invocation.rolloutId) });
      },
      landed: (write) => {
        kernel.note(
          `${invocation.about} ${write.method} ${write.name} on ${write.clusterId.slice(-3)} lands: ${write.answer ?? ''}`,
        );
        emit({ kind: 'writeLanded', write, mirror: recorder.mirror(invocation.rolloutId) });
      },
      throttled: (clusterId, retryAfterMs, isWrite) => {
        emit({ kind: 'throttled', subscriptionId: subscriptionOf(clusterId), retryAfterMs, isWrite, invocation });
      },
      epoch: (clusterId, subject) => epochs.get(leaseKey(clusterId, subject)),
    }),
    graph: simGraph(site, invocation, backends.graph),
    secrets: simSecrets(site, invocation, backends.secrets),
    // Git hosts are beside what is simulated: nothing that the engine does depends on their answers.
    gitRemote: new MemoryGitRemote(),
    telemetry: TELEMETRY_OFF,
    commitStatuses: new MemoryCommitStatuses(),
    subscriptions: SUBSCRIPTIONS,
    publicUrl: undefined,
  };
}

/** Reads the pages of a write before the write becomes a call: reading them is calls of its own. */
function readFirst(inner: InventoryStore): InventoryStore {
  return {
    head: () => inner.head(),
    read: (subscriptions) => inner.read(subscriptions),
    write: async (takenAt, pages) => inner.write(takenAt, await allPages(pages)),
  };
}

function unknownHost(invocation: Invocation): never {
  throw new Error(`no ids for ${invocation.host.name}`);
}

/** Every method of a port becomes a call through the kernel. The memory stores hand out frozen copies. */
function throughKernel<T extends object>(
  site: CallSite,
  invocation: Invocation,
  prefix: string,
  faults: CallFaults,
  inner: T,
): T {
  return new Proxy(inner, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      const label = `${prefix}.${String(name)}`;
      if (PAGED.has(name)) {
        return (...args: unknown[]) =>
          callPages(site, invocation, label, faults, Reflect.apply(method, target, args) as AsyncIterable<unknown>);
      }
      return (...args: unknown[]) =>
        call(site, invocation, label, faults, async () => {
          const answer: unknown = await Reflect.apply(method, target, args);
          return answer;
        });
    },
  });
}
