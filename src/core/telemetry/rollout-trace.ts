/** The trace of a rollout, as W3C Trace Context writes ids: lower-case hexadecimal digits. */
export interface RolloutTrace {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits: the span of the rollout itself, the root of its trace. */
  readonly spanId: string;
}

/** A ULID is 128 bits, as 26 digits of Crockford's base 32 (github.com/ulid/spec): the first one holds three bits only. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SPAN_ID_DIGITS = 16;
/** W3C Trace Context, section 3.2: ids of zeros only mean that there is none. */
const NONE = /^0+$/;

/**
 * The one trace that all work on a rollout belongs to. A rollout id has as many bits as a trace id: whoever knows the one
 * knows the other, in every process, after every retry, and nothing has to be stored or passed on for it.
 *
 * @returns undefined when it is not the id of a rollout (a ULID), or when W3C allows no such ids.
 */
export function traceOf(rolloutId: string): RolloutTrace | undefined {
  if (!ULID.test(rolloutId)) return undefined;
  const bits = [...rolloutId].reduce((sum, digit) => sum * 32n + BigInt(DIGITS.indexOf(digit)), 0n);
  const traceId = bits.toString(16).padStart(32, '0');
  const spanId = traceId.slice(-SPAN_ID_DIGITS);
  return NONE.test(spanId) ? undefined : { traceId, spanId };
}
