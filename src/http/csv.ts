import type { HttpResponseInit } from '@azure/functions';
import { stringify } from 'csv-stringify/sync';
import type { Export } from '../app/read/export.ts';
import { readChoice } from '../app/read/page.ts';
import { Refusal } from '../contracts/errors.ts';
import type { Call } from './route.ts';

/** Bytes of one export. Ours: 20,000 clusters with three subjects each. */
const EXPORT_BYTES_MAX = 32 * 1024 * 1024;

/** What a list is answered as: `format` says it, else the `Accept` header; JSON unless CSV is asked for. Throws `Refusal` 400. */
export function wantsCsv(call: Call): boolean {
  const format = readChoice('format', call.query('format').format, ['json', 'csv']);
  if (format !== undefined) return format === 'csv';
  return /(^|,)\s*text\/csv\s*(;|,|$)/i.test(call.request.headers.get('accept') ?? '');
}

/**
 * An export as CSV (RFC 4180, UTF-8): all of it or a refusal, never a part. The platform's library gathers a body before it sends it, so its
 * size is bounded here. Cells that a spreadsheet would take for a formula begin with an apostrophe: names and messages come from clusters.
 * Throws `Refusal` 400.
 */
export async function csv(list: Export): Promise<HttpResponseInit> {
  const texts: string[] = [];
  let bytes = 0;
  for await (const text of csvTexts(list)) {
    bytes += Buffer.byteLength(text);
    if (bytes > EXPORT_BYTES_MAX) throw tooLarge();
    texts.push(text);
  }
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${list.name}.csv"`,
    },
    body: texts.join(''),
  };
}

async function* csvTexts({ columns, pages }: Export): AsyncIterable<string> {
  // The library quotes lone line feeds by default only as long as the delimiter is its own.
  const lines = { record_delimiter: '\r\n', quote_record_delimiter: true };
  const format = { columns: [...columns], escape_formulas: true, ...lines };
  yield stringify([], { ...format, header: true });
  for await (const rows of pages) yield stringify([...rows], format);
}

function tooLarge(): Refusal {
  const detail = `The export is larger than ${EXPORT_BYTES_MAX} bytes. Export one subscription at a time (subscription=…), or fewer rows by other filters.`;
  return new Refusal(400, 'ExportTooLarge', detail);
}
