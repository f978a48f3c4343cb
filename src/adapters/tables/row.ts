import type { z } from 'zod';
import { Transient } from '../../contracts/errors.ts';
import { isNewer, NEWER_VERSION, SCHEMA } from '../../contracts/schema-version.ts';
import type { Row } from './table.ts';
import type { Columns } from './transaction.ts';

/** A text property holds 64 KiB of UTF-16, which is 32 Ki characters (service limit). */
const TEXT_CHARACTERS_MAX = 32 * 1024;

/** A value as columns: its JSON in `d0`, `d1`, … */
export function toColumns(value: unknown): Columns {
  const text = JSON.stringify(value);
  const columns: Record<string, string | number> = { schema: SCHEMA };
  for (let from = 0, chunk = 0; from < text.length; chunk++) {
    const to = chunkEnd(text, from);
    columns[`d${chunk}`] = text.slice(from, to);
    from = to;
  }
  return columns;
}

/** Never between the two halves of a character: half a character is no text. */
function chunkEnd(text: string, from: number): number {
  const end = Math.min(from + TEXT_CHARACTERS_MAX, text.length);
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}

/**
 * The value of a row that `toColumns` made. Throws when it does not match: a bug, or a row changed by hand.
 *
 * @throws Transient when a newer version wrote it: what is in it is not guessed at.
 */
export function fromRow<T>(schema: z.ZodType<T>, row: Row): T {
  refuseNewer(row, row.columns);
  let text = '';
  for (let chunk = 0; typeof row.columns[`d${chunk}`] === 'string'; chunk++) text += String(row.columns[`d${chunk}`]);
  return parseJson(schema, row, text);
}

/** Parses the JSON that a row (or the first of several) holds, and names the row and the path when it does not match. */
export function parseJson<T>(schema: z.ZodType<T>, row: Row, text: string): T {
  if (row.columns['schema'] !== SCHEMA) {
    throw new Error(
      `${describe(row)} has schema ${String(row.columns['schema'])}; this version reads schema ${SCHEMA}.`,
    );
  }
  const value = readJson(row, text);
  refuseNewer(row, value);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${describe(row)} does not match its contract at '${issue?.path.join('.')}': ${issue?.message}.`);
}

/** Both the layout of a row and the value in it have a version. */
export function refuseNewer(row: Row, versioned: unknown): void {
  if (!isNewer(versioned)) return;
  throw new Transient(NEWER_VERSION, `${describe(row)} was written by a newer version of Flotilla.`);
}

function readJson(row: Row, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${describe(row)} holds no JSON.`, { cause });
  }
}

/** How error messages name a row. */
export function describe(row: Row): string {
  return `Row '${row.rowKey}' of partition '${row.partitionKey}' in table '${row.table}'`;
}
