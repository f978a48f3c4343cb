import { gunzipSync, gzipSync } from 'node:zlib';
import type { z } from 'zod';
import { SCHEMA } from '../../contracts/schema-version.ts';
import { describe, parseJson, refuseNewer } from './row.ts';
import type { Row } from './table.ts';
import type { Columns, Operation } from './transaction.ts';

/** A binary property holds 64 KiB (service limit). */
const PROPERTY_BYTES_MAX = 64 * 1024;
/** A row holds 1 MiB (service limit): 15 full properties leave room for keys and names. */
const ROW_BYTES_MAX = 15 * PROPERTY_BYTES_MAX;
/** Fast: the fleet's JSON shrinks to a tenth at any level, and the event loop stands still meanwhile. */
const GZIP_LEVEL = 1;

/** Compresses a value that may be larger than a row. */
export function compress(value: unknown): Buffer {
  return gzipSync(JSON.stringify(value), { level: GZIP_LEVEL });
}

/** The writes of rows `<prefix>|000`, `<prefix>|001`, … that hold the bytes. */
export function blobRows(prefix: string, bytes: Buffer): Operation[] {
  return pieces(bytes, ROW_BYTES_MAX).map((part, index) => ({
    kind: 'upsert',
    rowKey: `${prefix}|${String(index).padStart(3, '0')}`,
    columns: bytesColumns(part),
  }));
}

/** A value as the columns of one row, compressed; `fromBlobRows` reads it. Throws when it does not fit: a bug, since what is stored so is bounded. */
export function compressedColumns(value: unknown): Columns {
  const bytes = compress(value);
  if (bytes.length > ROW_BYTES_MAX) throw new Error(`${bytes.length} bytes do not fit into a row of ${ROW_BYTES_MAX}.`);
  return bytesColumns(bytes);
}

function bytesColumns(bytes: Buffer): Columns {
  const columns = pieces(bytes, PROPERTY_BYTES_MAX).map((piece, number) => [`b${number}`, piece] as const);
  return { schema: SCHEMA, ...Object.fromEntries(columns) };
}

/** The value that all rows of one blob, in order, hold. Throws when one is missing or damaged, and as `fromRow` does. */
export function fromBlobRows<T>(schema: z.ZodType<T>, rows: readonly [Row, ...Row[]]): T {
  refuseNewer(rows[0], rows[0].columns);
  return parseJson(schema, rows[0], decompress(rows));
}

function decompress(rows: readonly [Row, ...Row[]]): string {
  try {
    return gunzipSync(Buffer.concat(rows.flatMap(bytesOf))).toString();
  } catch (cause) {
    throw new Error(`${describe(rows[0])} and the rows after it cannot be decompressed.`, { cause });
  }
}

function bytesOf(row: Row): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let number = 0; ; number++) {
    const piece = row.columns[`b${number}`];
    if (!(piece instanceof Uint8Array)) return found;
    found.push(piece);
  }
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
