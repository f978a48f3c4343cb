import { createWriteStream, type WriteStream } from 'node:fs';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Metrics } from './metrics.ts';

/** One exchange as it is written to the journal file. */
export interface JournalEntry {
  /** Local-cloud time, ISO 8601. */
  readonly time: string;
  readonly method: string;
  readonly url: string;
  /** 0 when the answer never left (an injected time-out). */
  readonly status: number;
  readonly requestHeaders: JsonObject;
  readonly responseHeaders: JsonObject;
  readonly requestBody?: unknown;
  readonly responseBody?: unknown;
}

/** A PUT, PATCH or DELETE (and the POSTs that change something), kept in memory for tests. */
export interface JournalWrite {
  readonly time: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestBody?: unknown;
}

/** Writes kept in memory; the oldest go first. */
const WRITES_MAX = 20_000;
/** Bytes that may wait for the disk before lines are dropped (and counted). */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;
const SECRET_FIELDS = new Set([
  'accesskey',
  'accountkey',
  'sastoken',
  'clientsecret',
  'clientcertificate',
  'clientcertificatepassword',
  'privatekey',
  'cacertificate',
]);
/** Objects all of whose values are secret, whatever the names. */
const SECRET_MAPS = new Set(['configurationprotectedsettings', 'verificationconfig']);
const HIDDEN_HEADERS = new Set(['authorization', 'cookie', 'x-ms-authorization-auxiliary']);

/** The record of every ARM exchange: a file of JSON lines when asked for, and always the last writes in memory. */
export class Journal {
  /** The last writes, oldest first. */
  readonly writes: JournalWrite[] = [];
  readonly #file: WriteStream | undefined;
  readonly #metrics: Metrics;

  constructor(file: string | undefined, metrics: Metrics) {
    this.#file = file === undefined ? undefined : createWriteStream(file, { flags: 'a' });
    this.#metrics = metrics;
  }

  /** Records one exchange; secrets are replaced before anything is kept. */
  record(entry: JournalEntry, isWrite: boolean): void {
    const safe: JournalEntry = { ...entry, requestBody: redact(entry.requestBody) };
    if (isWrite) {
      const { time, method, url, status, requestBody } = safe;
      this.writes.push({ time, method, url, status, ...(requestBody === undefined ? {} : { requestBody }) });
      if (this.writes.length > WRITES_MAX) this.writes.splice(0, WRITES_MAX / 10);
    }
    if (this.#file === undefined) return;
    if (this.#file.writableLength > PENDING_BYTES_MAX) {
      this.#metrics.journalDropped++;
      return;
    }
    const line = {
      ...safe,
      requestHeaders: withoutTokens(safe.requestHeaders),
      responseBody: redact(safe.responseBody),
    };
    this.#file.write(`${JSON.stringify(line)}\n`);
  }

  /** Resolves once every line is on disk. */
  async close(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    await new Promise<void>((resolve) => file.end(resolve));
  }
}

/** A copy in which protected settings and inline source secrets keep their names but not their values. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, redactField(key, field)]));
}

function redactField(key: string, field: unknown): unknown {
  if (SECRET_MAPS.has(key.toLowerCase()) && isJsonObject(field)) {
    return Object.fromEntries(Object.keys(field).map((name) => [name, '<redacted>']));
  }
  if (SECRET_FIELDS.has(key.toLowerCase()) && typeof field === 'string' && field !== '') return '<redacted>';
  return redact(field);
}

function withoutTokens(headers: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HIDDEN_HEADERS.has(name.toLowerCase())));
}
