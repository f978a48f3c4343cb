import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snapshotOperations } from '../../../src/adapters/tables/compliance-rows.ts';
import { Table } from '../../../src/adapters/tables/table.ts';
import { createTransport } from '../../../src/adapters/tables/transport.ts';
import type { ComplianceStore } from '../../../src/ports/compliance-store.ts';
import { baseline, clusterIn, collect, finished, snapshot, sweepAt } from '../../contract/compliance-rows.ts';
import { isBatch, odataError, startFaulty, type Faulty } from './set-up.ts';

const MARCH = Date.UTC(2026, 2, 10);
const MAY = Date.UTC(2026, 4, 10);

let faulty: Faulty;
let store: ComplianceStore;
let counts: Record<string, number>;
/** Each test has a subscription of its own. */
let subscription: string;
let tests = 0;
beforeAll(async () => {
  faulty = await startFaulty();
});
afterAll(() => faulty.stop());
beforeEach(() => {
  faulty.fault = () => 'none';
  counts = {};
  subscription = `00000000-0000-0000-0000-${String(++tests).padStart(12, '0')}`;
  store = faulty.open((kind, table) => {
    counts[`${table} ${kind}`] = (counts[`${table} ${kind}`] ?? 0) + 1;
  }).compliance;
});

function cluster(n: number): string {
  return clusterIn(subscription, `c${n}`);
}

function snapshots(count: number, changedAt = MAY) {
  return Array.from({ length: count }, (_, n) => snapshot({ clusterId: cluster(n), changedAt }));
}

function tableOf(name: string): Table {
  const client = TableClient.fromConnectionString(faulty.connectionString, name, { allowInsecureConnection: true });
  return new Table(client, createTransport(10_000), () => undefined);
}

describe('what is billed', () => {
  it('for snapshots: nothing when nothing changed, else a transaction per 100 rows, history included', async () => {
    await store.writeSnapshots(subscription, { changed: [] });
    expect(counts).toEqual({});
    await store.writeSnapshots(subscription, { changed: snapshots(500) });
    expect(counts).toEqual({ 'compliance batch': 10 });
  });

  it('for a repeated write: the same', async () => {
    await store.writeSnapshots(subscription, { changed: snapshots(50) });
    await store.writeSnapshots(subscription, { changed: snapshots(50, MAY + 1) });
    expect(counts).toEqual({ 'compliance batch': 2 });
  });

  it('for reading snapshots: a query per 1,000', async () => {
    await store.writeSnapshots(subscription, { changed: snapshots(1203) });
    counts = {};
    expect(await collect(store.snapshots(subscription))).toHaveLength(1203);
    expect(counts).toEqual({ 'compliance query': 2 });
  });

  it('for baselines: a query per 1,000 that are there, a transaction per 100 that are written', async () => {
    const all = Array.from({ length: 1203 }, (_, n) => baseline({ clusterId: cluster(n) }));
    await store.writeBaselines(all);
    expect(counts).toEqual({ 'compliance query': 1, 'compliance batch': 13 });
    counts = {};
    await store.writeBaselines(all.slice(0, 250));
    expect(counts).toEqual({ 'compliance query': 2, 'compliance batch': 3 });
    counts = {};
    await store.writeBaselines(all.map((one) => ({ ...one, at: 1 })));
    expect(counts).toEqual({ 'compliance query': 2 });
  });

  it('for a history: two queries per month, and one to find that there is no more', async () => {
    await store.writeSnapshots(subscription, { changed: snapshots(1500, MARCH) });
    await store.writeSnapshots(subscription, { changed: snapshots(1, MAY) });
    counts = {};
    expect(await store.history(cluster(0), { since: 0, limit: 10 })).toHaveLength(2);
    expect(counts).toEqual({ 'compliance query': 5 });
    counts = {};
    expect(await store.history(cluster(0), { since: MAY, limit: 10 })).toHaveLength(1);
    expect(counts).toEqual({ 'compliance query': 3 });
  });

  it('for forgetting: one query when there is nothing to forget', async () => {
    await store.writeSnapshots(subscription, { changed: snapshots(1500) });
    counts = {};
    await store.dropHistoryBefore(subscription, MAY);
    await store.dropSweepsBefore(MAY);
    expect(counts).toEqual({ 'compliance query': 1, 'sweeps query': 1 });
  });
});

describe('a write that fails half-way', () => {
  it('leaves each snapshot with its history, or neither', async () => {
    let batches = 0;
    faulty.fault = (request) => (isBatch(request) && ++batches === 2 ? { status: 503, body: {} } : 'none');
    const changed = snapshots(120);
    await expect(store.writeSnapshots(subscription, { changed })).rejects.toMatchObject({ name: 'Transient' });
    faulty.fault = () => 'none';
    const written = new Set((await collect(store.snapshots(subscription))).map(({ clusterId }) => clusterId));
    expect(written.size).toBe(50);
    for (const { clusterId } of changed) {
      const entries = await store.history(clusterId, { since: 0, limit: 10 });
      expect(entries).toHaveLength(written.has(clusterId) ? 1 : 0);
    }
  });

  it('and is repeated gives what an undisturbed one gives', async () => {
    faulty.fault = (request) => (isBatch(request) ? 'lose the answer' : 'none');
    const changed = snapshots(60);
    await expect(store.writeSnapshots(subscription, { changed })).rejects.toMatchObject({ name: 'Transient' });
    faulty.fault = () => 'none';
    await store.writeSnapshots(subscription, { changed });
    expect(await collect(store.snapshots(subscription))).toHaveLength(60);
    expect(await store.history(cluster(7), { since: 0, limit: 10 })).toHaveLength(1);
  });

  it('leaves no sweep with half of its shards', async () => {
    const { sweep, shards } = sweepAt(MAY, 150);
    let batches = 0;
    faulty.fault = (request) => (isBatch(request) && ++batches === 2 ? { status: 503, body: {} } : 'none');
    await expect(store.createSweep(sweep, shards)).rejects.toMatchObject({ name: 'Transient' });
    faulty.fault = () => 'none';
    expect(await store.sweep(sweep.id)).toBeUndefined();
    expect(await store.listSweeps(10)).not.toContainEqual(sweep);
    await store.createSweep(sweep, shards);
    expect(await store.sweep(sweep.id)).toEqual({ sweep, shards });
  });

  it('while a sweep is forgotten is gone on with later', async () => {
    const { sweep, shards } = sweepAt(MAY - 1, 2);
    await store.createSweep(sweep, shards);
    faulty.fault = ({ method }) => (method === 'DELETE' ? { status: 503, body: {} } : 'none');
    await expect(store.dropSweepsBefore(MAY)).rejects.toMatchObject({ name: 'Transient' });
    faulty.fault = () => 'none';
    expect(await store.sweep(sweep.id)).toBeUndefined();
    await store.dropSweepsBefore(MAY);
    expect(await store.listSweeps(100)).not.toContainEqual(sweep);
    await store.finishShard(finished(shards[0]!, MAY));
    expect(await store.sweep(sweep.id)).toBeUndefined();
  });
});

it('a shard that is done while another delivery says that it failed stays done', async () => {
  const { sweep, shards } = sweepAt(MAY, 1);
  await store.createSweep(sweep, shards);
  const done = finished(shards[0]!, MAY);
  const other = faulty.open().compliance;
  let isDone = false;
  faulty.fault = ({ method, url }) => {
    if (isDone || method !== 'PUT' || !url.includes('/sweeps')) return 'none';
    isDone = true;
    const late = other.finishShard(done);
    return {
      byHand: (response) => {
        void late.then(() => response.writeHead(412).end(JSON.stringify(odataError('UpdateConditionNotSatisfied'))));
      },
    };
  };
  await store.finishShard({ ...shards[0]!, failure: { at: MAY, detail: 'ten times' } });
  expect(isDone).toBe(true);
  expect((await store.sweep(sweep.id))?.shards).toEqual([done]);
});

describe('baselines', () => {
  it('that others write meanwhile are read again, and the newer one stays', async () => {
    const other = faulty.open().compliance;
    const newer = baseline({ clusterId: cluster(1), rolloutId: 'newer', at: 3000 });
    const wanted = [0, 1, 2].map((n) => baseline({ clusterId: cluster(n), at: 2000 }));
    let overtaken: Promise<void> | undefined;
    faulty.fault = (request) => {
      if (overtaken !== undefined || !isBatch(request)) return 'none';
      // Behind what the store has just read, before what it writes.
      overtaken = other.writeBaselines([newer]);
      const late = overtaken;
      return {
        byHand: (response) => {
          void late.then(() => response.writeHead(412).end(JSON.stringify(odataError('UpdateConditionNotSatisfied'))));
        },
      };
    };
    await store.writeBaselines(wanted);
    const found = await collect(store.baselines(subscription));
    expect(found.map(({ rolloutId }) => rolloutId).sort()).toEqual(['newer', 'r1', 'r1']);
  });

  it('that are contended for ever are Transient', async () => {
    faulty.fault = ({ method }) =>
      method === 'POST' ? { status: 409, body: odataError('EntityAlreadyExists') } : 'none';
    await expect(store.writeBaselines([baseline({ clusterId: cluster(0) })])).rejects.toMatchObject({
      name: 'Transient',
      code: 'BaselinesContended',
    });
    expect(counts).toEqual({ 'compliance query': 5, 'compliance write': 5 });
  });
});

describe('forgetting', () => {
  it('costs a query per 1,000 rows of the kinds that go and a transaction per 100 rows, and nothing for nothing', async () => {
    await store.writeSnapshots(subscription, { changed: snapshots(250) });
    counts = {};
    await store.forget(subscription, { snapshots: [], baselines: [] });
    expect(counts).toEqual({});
    await store.forget(subscription, { snapshots: snapshots(250), baselines: [] });
    expect(counts).toEqual({ 'compliance query': 1, 'compliance batch': 3 });
  });

  it('leaves a baseline that a rollout writes meanwhile', async () => {
    const newer = baseline({ clusterId: cluster(0), rolloutId: 'newer', at: 3000 });
    const past = [0, 1].map((n) => baseline({ clusterId: cluster(n), at: 2000 }));
    await store.writeBaselines(past);
    const other = faulty.open().compliance;
    let isOvertaken = false;
    faulty.fault = (request) => {
      if (isOvertaken || !isBatch(request)) return 'none';
      isOvertaken = true;
      const late = other.writeBaselines([newer]);
      return {
        byHand: (response) => {
          void late.then(() => response.writeHead(412).end(JSON.stringify(odataError('UpdateConditionNotSatisfied'))));
        },
      };
    };
    await store.forget(subscription, { snapshots: [], baselines: past });
    expect(await collect(store.baselines(subscription))).toEqual([newer]);
  });

  it('is a bounded piece of work; the next call goes on', async () => {
    const old = Array.from({ length: 10_020 }, (_, n) => snapshot({ clusterId: cluster(n % 5), changedAt: MARCH + n }));
    const historyRows = old.flatMap((one) => snapshotOperations(one).slice(0, 1));
    await tableOf('compliance').writeEach(subscription, historyRows);
    const left = async (): Promise<number> => {
      const entries = await Promise.all(
        [0, 1, 2, 3, 4].map((n) => store.history(cluster(n), { since: 0, limit: 100_000 })),
      );
      return entries.flat().length;
    };
    await store.dropHistoryBefore(subscription, MAY);
    expect(await left()).toBe(20);
    await store.dropHistoryBefore(subscription, MAY);
    expect(await left()).toBe(0);
  });

  it('of sweeps takes so many at once', async () => {
    const day = Date.UTC(2020, 0, 1);
    for (let n = 0; n < 53; n++) {
      const { sweep, shards } = sweepAt(day + n, 1);
      await store.createSweep(sweep, shards);
    }
    const left = async (): Promise<number> =>
      (await store.listSweeps(1000)).filter(({ startedAt }) => startedAt < day + 1000).length;
    await store.dropSweepsBefore(day + 1000);
    expect(await left()).toBe(3);
    await store.dropSweepsBefore(day + 1000);
    expect(await left()).toBe(0);
  });
});
