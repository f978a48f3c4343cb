import { RestError } from '@azure/data-tables';
import { z } from 'zod';
import { Transient } from '../../contracts/errors.ts';

/** "Try again" by HTTP: timeout, throttled, server fault, gateway. Table Storage sends 503 ServerBusy and 500 OperationTimedOut. */
const TRANSIENT_STATUSES: readonly (number | undefined)[] = [408, 429, 500, 502, 503, 504];
/**
 * True when a condition of a write did not hold, or the row is gone or there already. It may be the echo of our own earlier
 * success (law 12): the caller reads again.
 */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof RestError)) return false;
  const code = codeOf(error);
  if (error.statusCode === 404) return code !== 'TableNotFound';
  if (error.statusCode === 409) return code === 'EntityAlreadyExists';
  return error.statusCode === 412;
}

/** Translates what the SDK throws into the three kinds of error (law 14); what is none of them comes back as it is. */
export function translateError(error: unknown, table: string): unknown {
  if (error instanceof Error && error.name === 'AbortError') {
    return new Transient(
      'StorageTimedOut',
      `Table '${table}' did not answer in time; what was asked may have been done.`,
    );
  }
  if (!(error instanceof RestError)) return error;
  const code = codeOf(error);
  if (code === 'TableNotFound') {
    return new Error(
      `Table '${table}' does not exist. Deploy infra/, or call ensureTables() where the app may create it.`,
    );
  }
  // Without a status there was no answer; one that cannot be parsed was cut short.
  if (error.statusCode === undefined || error.code === RestError.PARSE_ERROR) {
    return new Transient('StorageUnreachable', `Table '${table}': ${error.message}`);
  }
  if (!TRANSIENT_STATUSES.includes(error.statusCode) && code !== 'TableBeingDeleted') return error;
  return new Transient(code ?? `Http${error.statusCode}`, `Table '${table}': ${error.message}`, retryAfterMs(error));
}

const Details = z.object({ odataError: z.object({ code: z.string() }) });

/** The service's own code: the SDK keeps it in `details` for single operations and in `code` for transactions. */
function codeOf(error: RestError): string | undefined {
  const details = Details.safeParse(error.details);
  return details.success ? details.data.odataError.code : error.code;
}

/** `x-ms-retry-after-ms`, or `Retry-After` in seconds; its form with a date would need a clock and is not used by Azure Storage. */
function retryAfterMs(error: RestError): number | undefined {
  const headers = error.response?.headers;
  const ms = Number(headers?.get('x-ms-retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  const seconds = Number(headers?.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
