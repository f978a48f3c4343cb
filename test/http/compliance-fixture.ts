import { HttpResponse, InvocationContext, type HttpResponseInit } from '@azure/functions';
import { ManualClock } from '../../local/clock.ts';
import { createMemoryStores } from '../../src/adapters/memory/stores.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import type { Deps } from '../../src/app/deps.ts';
import type { Cluster } from '../../src/contracts/cluster.ts';
import type { Drift, Snapshot, Sweep, SweepShard } from '../../src/contracts/compliance.ts';
import { countCluster, emptyCounts } from '../../src/core/compliance/counts.ts';
import * as compliance from '../../src/http/compliance.ts';
import { route } from '../../src/http/route.ts';
import type { ComplianceStore } from '../../src/ports/compliance-store.ts';
import { cluster, SUBSCRIPTION_A, SUBSCRIPTION_B } from '../core/clusters.ts';
import { call, edgeOf, httpRequest } from './support.ts';

export const T0 = Date.UTC(2026, 0, 31);
export const HOUR = 3_600_000;
export const at = (hours: number): number => T0 + hours * HOUR;
export const iso = (hours: number): string => new Date(at(hours)).toISOString();

export const C1 = cluster('c1', { tags: { ring: 'canary' } });
export const C2 = cluster('c2', { tags: { ring: 'prod' } });
export const D1 = cluster('d1', { subscriptionId: SUBSCRIPTION_B, tags: { ring: 'prod' } });

export function drift(changes: Partial<Drift> = {}): Drift {
  return { kind: 'Modified', layer: 'plan', path: 'suspend', detail: 'It differs.', firstSeenAt: at(0), ...changes };
}

export function snapshot(of: Cluster, subject: string, changes: Partial<Snapshot> = {}): Snapshot {
  const times = { firstSeenAt: at(0), changedAt: at(0) };
  return { schema: 1, clusterId: of.id, subject, state: 'Compliant', drifts: [], ...times, ...changes };
}

type Shown = HttpResponseInit & { json: Record<string, unknown> };

/** The routes of compliance over stores in memory, two subscriptions and a clock that tests move. */
export class Fleet {
  readonly clock = new ManualClock(at(10));
  readonly sent: unknown[] = [];
  readonly store: ComplianceStore;
  readonly deps: Deps;

  private constructor() {
    const { inventory, compliance: store } = createMemoryStores();
    this.store = store;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const bus = { sendSweeps: async (messages: readonly unknown[]) => void this.sent.push(...messages) };
    const rest = { inventory, log, bus, clock: this.clock, ids: createIds(this.clock), compliance: store };
    this.deps = { ...rest, subscriptions: [SUBSCRIPTION_B, SUBSCRIPTION_A] } as unknown as Deps;
  }

  static async of(snapshots: readonly Snapshot[], clusters: readonly Cluster[] = [C1, C2, D1]): Promise<Fleet> {
    const fleet = new Fleet();
    await fleet.deps.inventory.write(at(9), [clusters]);
    await fleet.write(snapshots);
    return fleet;
  }

  async write(snapshots: readonly Snapshot[]): Promise<void> {
    for (const one of snapshots) await this.store.writeSnapshots(one.clusterId.split('/')[2] ?? '', { changed: [one] });
  }

  /** A sweep with one shard for each subscription, of which some are done. */
  async sweep(id: string, startedAt: number, done: Readonly<Record<string, number>>, seen: readonly Snapshot[] = []) {
    const sweep: Sweep = { schema: 1, id, startedAt, startedBy: { kind: 'key', name: 'alice' }, shards: 2 };
    const shards = [SUBSCRIPTION_A, SUBSCRIPTION_B].map((subscription, shard): SweepShard => ({
      schema: 1,
      sweepId: id,
      shard,
      subscriptions: [subscription],
    }));
    await this.store.createSweep(sweep, shards);
    for (const shard of shards) {
      const [subscription = ''] = shard.subscriptions;
      const doneAt = done[subscription];
      const counts = emptyCounts();
      const own = seen.filter(({ clusterId }) => clusterId.includes(subscription));
      if (own.length > 0) countCluster(counts, { subscriptionId: subscription, tags: ['ring=prod'] }, own);
      if (doneAt !== undefined) await this.store.finishShard({ ...shard, doneAt, counts });
    }
  }

  get(name: keyof typeof compliance, query = '', params: Record<string, string> = {}): Promise<Shown> {
    const method = name.startsWith('post') ? 'POST' : 'GET';
    return call(
      route(() => edgeOf(this.deps), 'Reader', compliance[name]),
      { method, path: `/api/x${query}`, params },
    );
  }

  /** The body as it goes over the wire. */
  async csv(name: keyof typeof compliance, query = '?format=csv', headers: Record<string, string> = {}, params = {}) {
    const handler = route(() => edgeOf(this.deps), 'Reader', compliance[name]);
    const context = new InvocationContext({ functionName: 'test', invocationId: 'invocation-1' });
    const request = httpRequest({ method: 'GET', path: `/api/x${query}`, headers, params });
    const response = new HttpResponse((await handler(request, context)) ?? {});
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  }
}
