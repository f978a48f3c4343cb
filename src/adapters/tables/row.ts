import type { z } from 'zod';
import type { Row } from './table.ts';
import type { Columns } from './transaction.ts';

/** A text property holds 64 KiB of UTF-16, which is 32 Ki characters (service limit). */
const TEXT_CHARACTERS_MAX = 32 * 1024;
/** Version of the row layout; a row of a later layout is not guessed at. */
export const SCHEMA = 1;

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

/** The value of a row that `toColumns` made. Throws when it does not match: a bug, or a row changed by hand. */
export function fromRow<T>(schema: z.ZodType<T>, row: Row): T {
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
  const parsed = schema.safeParse(readJson(row, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${describe(row)} does not match its contract at '${issue?.path.join('.')}': ${issue?.message}.`);
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
