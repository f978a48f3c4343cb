import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newestFirstKey } from '../../../src/adapters/tables/newest-first.ts';
import { toColumns } from '../../../src/adapters/tables/row.ts';
import { Table } from '../../../src/adapters/tables/table.ts';
import type { Tables } from '../../../src/adapters/tables/tables.ts';
import { createTransport } from '../../../src/adapters/tables/transport.ts';
import type { RolloutListItem } from '../../../src/ports/rollout-index.ts';
import { newRollout, ROLLOUT_ID, target } from '../../contract/rows.ts';
import { cluster, SUBSCRIPTION_A, SUBSCRIPTION_B } from '../../core/clusters.ts';
import { startFaulty, type Faulty } from './set-up.ts';

const HOUR_MS = 3_600_000;

let faulty: Faulty;
let tables: Tables;
let counts: Record<string, number>;
beforeAll(async () => {
  faulty = await startFaulty();
});
afterAll(() => faulty.stop());
beforeEach(() => {
  faulty.fault = () => 'none';
  counts = {};
  tables = faulty.open((kind, table) => {
    counts[`${table} ${kind}`] = (counts[`${table} ${kind}`] ?? 0) + 1;
  });
});

function clientOf(table: string): TableClient {
  return TableClient.fromConnectionString(faulty.connectionString, table, { allowInsecureConnection: true });
}

async function rowKeys(table: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { rowKey } of clientOf(table).listEntities()) keys.push(rowKey ?? '');
  return keys;
}

describe('rows changed by hand', () => {
  const keys = { partitionKey: ROLLOUT_ID, rowKey: 'a' };
  beforeEach(async () => {
    const rollouts = clientOf('rollouts');
    for await (const { rowKey = '' } of rollouts.listEntities()) await rollouts.deleteEntity(ROLLOUT_ID, rowKey);
    await tables.rolloutStore.create(newRollout(2500));
  });

  it('are named with the path that does not match', async () => {
    await clientOf('rollouts').upsertEntity({ ...keys, schema: 1, d0: '{"schema":1,"id":"x","name":7}' }, 'Replace');
    await expect(tables.rolloutStore.header(ROLLOUT_ID)).rejects.toThrow(
      `Row 'a' of partition '${ROLLOUT_ID}' in table 'rollouts' does not match its contract at 'name'`,
    );
  });

  it('are named when they hold no JSON', async () => {
    await clientOf('rollouts').upsertEntity({ ...keys, schema: 1, d0: '{"schema":' }, 'Replace');
    await expect(tables.rolloutStore.load(ROLLOUT_ID)).rejects.toThrow(/^Row 'a' .* holds no JSON/);
  });

  it.each([
    ['their layout', 'a', { schema: 2, d0: '{}' }],
    ['what is in them', 'a', { schema: 1, d0: '{"schema":2}' }],
    ['the layout of what is compressed', 't|00000000|000', { schema: 2 }],
  ])('are not guessed at when a newer version made %s: it may go on with them', async (_what, rowKey, columns) => {
    const frozen = (await rowKeys('rollouts')).find((key) => key.startsWith('t|')) ?? '';
    const row = rowKey === 'a' ? keys : { ...keys, rowKey: frozen };
    await clientOf('rollouts').upsertEntity({ ...row, ...columns }, 'Replace');
    const read = async () => {
      await tables.rolloutStore.header(ROLLOUT_ID);
      await tables.rolloutStore.targets(ROLLOUT_ID, { from: 0, to: 1 });
    };
    await expect(read()).rejects.toThrow(expect.objectContaining({ name: 'Transient', code: 'NewerVersion' }));
  });

  it('are named when they have no version', async () => {
    await clientOf('rollouts').upsertEntity({ ...keys, d0: '{}' }, 'Replace');
    await expect(tables.rolloutStore.header(ROLLOUT_ID)).rejects.toThrow(/has schema undefined; this version reads/);
  });

  it('are named when a page of targets is gone or damaged', async () => {
    const pages = (await rowKeys('rollouts')).filter((key) => key.startsWith('t|'));
    expect(pages).toHaveLength(3);
    await clientOf('rollouts').deleteEntity(ROLLOUT_ID, pages[0]!);
    await clientOf('rollouts').updateEntity({ partitionKey: ROLLOUT_ID, rowKey: pages[1]!, b0: Buffer.from('x') });
    await expect(tables.rolloutStore.targets(ROLLOUT_ID, { from: 0, to: 1 })).rejects.toThrow(/lost its frozen rows/);
    await expect(tables.rolloutStore.targets(ROLLOUT_ID, { from: 1000, to: 1001 })).rejects.toThrow(/decompressed/);
    expect(await tables.rolloutStore.targets(ROLLOUT_ID, { from: 2000, to: 2000 })).toEqual([target(2000)]);
  });

  it('leave a rollout without header unknown, whatever else is there', async () => {
    await clientOf('rollouts').deleteEntity(ROLLOUT_ID, 'a');
    expect(await tables.rolloutStore.load(ROLLOUT_ID)).toBeUndefined();
  });
});

describe('transactions', () => {
  it('are counted by kind and table', async () => {
    const created = newRollout(2500, {});
    await tables.rolloutStore.create({ ...created, rollout: { ...created.rollout, id: 'COUNTED' } });
    expect(counts).toEqual({ 'rollouts get': 1, 'rollouts batch': 2 });
    await tables.rolloutStore.load('COUNTED');
    expect(counts).toEqual({ 'rollouts get': 1, 'rollouts batch': 2, 'rollouts query': 1 });
    await tables.budgets.write('p', { fullAt: 1 }, undefined);
    expect(counts).toMatchObject({ 'budgets write': 1 });
  });

  it('are not spent on frozen parts that were read before', async () => {
    const created = newRollout(2500);
    await tables.rolloutStore.create({ ...created, rollout: { ...created.rollout, id: 'CACHED' } });
    const { rolloutStore: store } = faulty.open((kind) => (counts[kind] = (counts[kind] ?? 0) + 1));
    counts = {};
    for (let times = 0; times < 3; times++) {
      expect(await store.targets('CACHED', { from: 900, to: 1100 })).toHaveLength(201);
      await store.request('CACHED');
    }
    // The manifest, two pages, the request.
    expect(counts).toEqual({ get: 1, query: 3 });
  });
});

describe('queries', () => {
  it('go on after an empty page with a continuation', async () => {
    await tables.budgets.write('p', { fullAt: 1 }, undefined);
    const created = newRollout(1);
    await tables.rolloutStore.create({ ...created, rollout: { ...created.rollout, id: 'EMPTYPAGE' } });
    let answered = false;
    faulty.fault = ({ url }) => {
      if (answered || !url.includes('EMPTYPAGE')) return 'none';
      answered = true;
      const headers = { 'x-ms-continuation-nextpartitionkey': 'EMPTYPAGE', 'x-ms-continuation-nextrowkey': 'a' };
      return { status: 200, headers, body: { value: [] } };
    };
    expect((await tables.rolloutStore.load('EMPTYPAGE'))?.rollout.value.id).toBe('EMPTYPAGE');
    expect(answered).toBe(true);
  });
});

describe('a filtered list', () => {
  it('looks at a bounded number of rollouts in one call, and goes on in the next', async () => {
    const id = (n: number): string => `01JD00000000000000000${String(n).padStart(5, '0')}`;
    const item = (n: number): RolloutListItem => {
      const status = n === 0 ? 'Halted' : 'Succeeded';
      return {
        rolloutId: id(n),
        name: 'n',
        actions: ['apply c'],
        status,
        createdAt: n,
        createdBy: 'ops',
        targets: 1,
      };
    };
    const http = createTransport(10_000);
    const table = new Table(clientOf('index'), http, () => undefined);
    const all = Array.from({ length: 5001 }, (_, n) => item(n));
    await table.writeEach(
      'list',
      all.map((one) => ({ kind: 'upsert', rowKey: newestFirstKey(one.rolloutId), columns: toColumns(one) })),
    );
    const first = await tables.rolloutIndex.list({ status: 'Halted', limit: 5 });
    expect(first.items).toEqual([]);
    expect(counts['index query']).toBeLessThanOrEqual(6);
    const second = await tables.rolloutIndex.list({ status: 'Halted', limit: 5, continuation: first.continuation! });
    expect(second).toEqual({ items: [item(0)] });
  });
});

describe('the inventory', () => {
  const NOON = Date.UTC(2026, 0, 1, 12);
  const C1 = cluster('c1');

  it('leaves nothing of inventories that are long past, nor of a writer that died', async () => {
    faulty.fault = ({ method, url }) =>
      method === 'POST' && url.includes('/inventory') ? { status: 503, body: {} } : 'none';
    await expect(tables.inventory.write(NOON, [[C1]])).rejects.toMatchObject({ name: 'Transient' });
    faulty.fault = () => 'none';
    expect(await rowKeys('inventory')).toHaveLength(1);
    for (const hours of [1, 2, 3]) await tables.inventory.write(NOON + hours * HOUR_MS, [[C1]]);
    expect(await rowKeys('inventory')).toHaveLength(2);
  });

  it('is read again when its rows were removed meanwhile', async () => {
    await tables.inventory.write(NOON + 4 * HOUR_MS, [[C1]]);
    let moved = false;
    faulty.fault = ({ method, url }) => {
      if (moved || method !== 'GET' || !url.includes('/inventory()')) return 'none';
      moved = true;
      return { status: 200, body: { value: [] } };
    };
    expect(await tables.inventory.read()).toEqual({ takenAt: NOON + 4 * HOUR_MS, clusters: [C1] });
    expect(moved).toBe(true);
  });

  it('is Transient when it cannot be read in any of the tries', async () => {
    await tables.inventory.write(NOON + 4 * HOUR_MS, [[C1]]);
    for (const rowKey of await rowKeys('inventory')) {
      if (rowKey.startsWith('g')) await clientOf('inventory').deleteEntity('inventory', rowKey);
    }
    await expect(tables.inventory.read()).rejects.toMatchObject({ name: 'Transient', code: 'InventoryMoving' });
  });

  it('of one subscription decodes no other', async () => {
    const other = cluster('c2', { subscriptionId: SUBSCRIPTION_B });
    await tables.inventory.write(NOON + 5 * HOUR_MS, [[C1, other]]);
    for (const rowKey of await rowKeys('inventory')) {
      if (rowKey.includes(SUBSCRIPTION_B))
        await clientOf('inventory').upsertEntity({ partitionKey: 'inventory', rowKey, schema: 1 }, 'Replace');
    }
    expect((await tables.inventory.read([SUBSCRIPTION_A]))?.clusters).toEqual([C1]);
    await expect(tables.inventory.read()).rejects.toThrow('cannot be decompressed');
    expect(counts).toEqual({ 'inventory get': 3, 'inventory query': 3, 'inventory batch': 1, 'inventory write': 1 });
  });
});
