import { RestError, type TableClient, type TableEntity } from '@azure/data-tables';
import { z } from 'zod';

/** Gives the client of a table. */
export type ClientOf = (table: string) => TableClient;

/** A column as the service has it, with its type, so that nothing is lost on the way. */
const Column = z.union([z.string(), z.number(), z.boolean(), z.object({ type: z.string(), value: z.string() })]);
/** One line of a backup: a row, or at the end how many there are. */
const Line = z.union([
  z.object({
    table: z.string(),
    row: z.looseObject({ partitionKey: z.string(), rowKey: z.string() }).catchall(Column),
  }),
  z.object({ rows: z.number() }),
]);

/** Rows that are written at the same time. Ours: far below what one partition takes. */
const WRITES_AT_ONCE = 16;

/** Every row of the tables as a line of JSON, and a last line that says how many rows there are. */
export async function* backUp(clientOf: ClientOf, tables: readonly string[]): AsyncGenerator<string, void> {
  let rows = 0;
  for (const table of tables) {
    const entities = clientOf(table).listEntities<Record<string, unknown>>({ disableTypeConversion: true });
    for await (const { etag: _etag, timestamp: _timestamp, ...columns } of entities) {
      const row = Object.fromEntries(Object.entries(columns).filter(([name]) => !name.startsWith('odata.')));
      rows += 1;
      yield JSON.stringify({ table, row });
    }
  }
  yield JSON.stringify({ rows });
}

/**
 * Writes the rows of a backup. The lines are read twice: nothing is written before the last line has shown that the backup is whole.
 *
 * @param goesOn after a restore that broke off: rows that are there stay as they are.
 * @returns how many rows were written.
 * @throws Error when the backup is damaged, names other tables, or the tables are not empty.
 */
export async function restore(
  clientOf: ClientOf,
  tables: readonly string[],
  lines: () => AsyncIterable<string>,
  goesOn = false,
): Promise<number> {
  await check(lines(), tables);
  if (!goesOn) await refuseFilled(clientOf, tables);
  let written = 0;
  let group: Promise<boolean>[] = [];
  const settle = async (): Promise<void> => {
    written += (await Promise.all(group)).filter(Boolean).length;
    group = [];
  };
  for await (const text of lines()) {
    const line = Line.parse(JSON.parse(text));
    if (!('table' in line)) continue;
    group.push(insert(clientOf(line.table), line.row));
    if (group.length === WRITES_AT_ONCE) await settle();
  }
  await settle();
  return written;
}

async function check(lines: AsyncIterable<string>, tables: readonly string[]): Promise<void> {
  let rows = 0;
  let said: number | undefined;
  for await (const text of lines) {
    if (said !== undefined) throw new Error('The backup goes on after its end: it is none, or several in one file.');
    const line = Line.parse(JSON.parse(text));
    if ('rows' in line) said = line.rows;
    else rows += 1;
    if ('table' in line && !tables.includes(line.table)) throw new Error(`This version has no table ${line.table}.`);
  }
  if (said !== rows)
    throw new Error(`The backup is not whole: it has ${rows} rows, and its end says ${said ?? 'nothing'}.`);
}

async function refuseFilled(clientOf: ClientOf, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const pages = clientOf(table).listEntities().byPage({ maxPageSize: 1 });
    const first: IteratorResult<readonly unknown[], unknown> = await pages.next();
    if (first.done === true || first.value.length === 0) continue;
    throw new Error(`The table ${table} is not empty. Restore into new, empty tables.`);
  }
}

/** False when the row is there already. */
async function insert(client: TableClient, row: TableEntity): Promise<boolean> {
  try {
    await client.createEntity(row);
    return true;
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 409) return false;
    throw error;
  }
}
