import { TableClient } from '@azure/data-tables';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startAzurite, type Azurite } from '../../local/azurite.ts';
import { createTables, TABLE_NAMES } from '../../src/adapters/tables/tables.ts';
import { backUp, restore, type ClientOf } from '../../tools/table-backup.ts';
import { InstallationBench, type Golden } from '../golden/installation.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/6439ea7.json', import.meta.url), 'utf8')) as Golden;

const open: Azurite[] = [];
let from: Azurite;
let into: Azurite;
beforeEach(async () => {
  [from, into] = await Promise.all([startAzurite(), startAzurite()]);
  open.push(from, into);
  await new InstallationBench(from, {}).writeTables(golden.tables);
  await createTables(into).ensureTables();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()));
});

const clientsOf =
  ({ connectionString }: Azurite): ClientOf =>
  (table) =>
    TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });

async function lines(): Promise<string[]> {
  const all: string[] = [];
  for await (const line of backUp(clientsOf(from), TABLE_NAMES)) all.push(line);
  return all;
}

const reading = (all: readonly string[]) =>
  async function* () {
    yield* all;
  };

const stored = (azurite: Azurite) => new InstallationBench(azurite, {}).readTables();

it('a whole installation comes back as it was: every row, every column, every type', async () => {
  const backup = await lines();
  expect(await restore(clientsOf(into), TABLE_NAMES, reading(backup))).toBe(backup.length - 1);
  expect(await stored(into)).toEqual(await stored(from));
  expect(await stored(into)).toMatchObject(golden.tables);
});

it('nothing is written over rows that are there, and a restore that broke off can go on', async () => {
  const backup = await lines();
  const [first = ''] = backup;
  const one = [first, JSON.stringify({ rows: 1 })];
  expect(await restore(clientsOf(into), TABLE_NAMES, reading(one))).toBe(1);
  await expect(restore(clientsOf(into), TABLE_NAMES, reading(backup))).rejects.toThrow(/is not empty/);
  expect(await restore(clientsOf(into), TABLE_NAMES, reading(backup), true)).toBe(backup.length - 2);
  expect(await stored(into)).toEqual(await stored(from));
});

it.each<[what: string, damage: (all: readonly string[]) => readonly string[], says: RegExp]>([
  ['lost its end', (all) => all.slice(0, -1), /not whole: it has \d+ rows, and its end says nothing/],
  ['lost a row', (all) => all.slice(1), /not whole/],
  ['is two backups', (all) => [...all, ...all], /goes on after its end/],
  [
    'is of another version',
    () => ['{"table":"ships","row":{"partitionKey":"p","rowKey":"r"}}', '{"rows":1}'],
    /no table ships/,
  ],
])('a backup that %s writes nothing', async (_what, damage, says) => {
  const damaged = damage(await lines());
  await expect(restore(clientsOf(into), TABLE_NAMES, reading(damaged))).rejects.toThrow(says);
  expect(Object.values(await stored(into)).flat()).toEqual([]);
});
