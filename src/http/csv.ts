import type { HttpResponseInit } from '@azure/functions';
import { stringify } from 'csv-stringify/sync';
import type { Export } from '../app/read/export.ts';
import { readChoice } from '../app/read/page.ts';
import type { Call } from './route.ts';

/** What a list is answered as: `format` says it, else the `Accept` header; JSON unless CSV is asked for. Throws `Refusal` 400. */
export function wantsCsv(call: Call): boolean {
  const format = readChoice('format', call.query('format').format, ['json', 'csv']);
  if (format !== undefined) return format === 'csv';
  return /(^|,)\s*text\/csv\s*(;|,|$)/i.test(call.request.headers.get('accept') ?? '');
}

/**
 * An export as CSV (RFC 4180, UTF-8), made while it is sent. The first page is made before, so that what fails then is still answered as a
 * problem. Cells that a spreadsheet would take for a formula begin with an apostrophe: names and messages come from clusters.
 */
export async function csv(list: Export): Promise<HttpResponseInit> {
  const texts = csvTexts(list);
  const first = await texts.next();
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${list.name}.csv"`,
    },
    body: bytes(first.done === true ? '' : first.value, texts),
  };
}

async function* csvTexts({ columns, pages }: Export): AsyncGenerator<string> {
  // The library quotes lone line feeds by default only as long as the delimiter is its own.
  const lines = { record_delimiter: '\r\n', quote_record_delimiter: true };
  const format = { columns: [...columns], escape_formulas: true, ...lines };
  let header = true;
  for await (const rows of pages) {
    yield stringify([...rows], { ...format, header });
    header = false;
  }
  if (header) yield stringify([], { ...format, header });
}

async function* bytes(first: string, rest: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(first);
  for await (const text of rest) yield encoder.encode(text);
}
