import { gunzipSync, gzipSync } from 'node:zlib';
import type { z } from 'zod';
import { describe, parseJson, SCHEMA } from './row.ts';
import type { Row } from './table.ts';
import type { Operation } from './transaction.ts';

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
    columns: {
      schema: SCHEMA,
      ...Object.fromEntries(pieces(part, PROPERTY_BYTES_MAX).map((piece, number) => [`b${number}`, piece])),
    },
  }));
}

/** The value that all rows of one blob, in order, hold. Throws when one is missing or damaged. */
export function fromBlobRows<T>(schema: z.ZodType<T>, rows: readonly [Row, ...Row[]]): T {
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
