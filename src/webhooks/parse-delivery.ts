import { z } from 'zod';
import { Refusal } from '../contracts/errors.ts';
import { DELIVERY_ID_LENGTH_MAX } from '../contracts/limits.ts';
import type { RawDelivery } from './provider.ts';

/** Characters of a field's path that an answer repeats. */
const FIELD_LENGTH_MAX = 80;

/** Commit or tag object of Git (SHA-1 or SHA-256); null for the one of zeros, by which hosts say that there is none. */
export const Sha = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be a full SHA')
  .transform((sha) => (/^0+$/.test(sha) ? null : sha));

/** A time as text, in milliseconds since the epoch. Not ISO 8601 to the letter: Bitbucket writes offsets as `+1000`. */
export const Time = z
  .string()
  .max(64)
  .transform((text, ctx) => {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return at;
    ctx.addIssue({ code: 'custom', message: 'must be a time' });
    return z.NEVER;
  });

/**
 * Reads a body, or the value of the given field of one, by what the provider documents.
 * @throws Refusal 400 InvalidDelivery with the first field that is wrong.
 */
export function parseDelivery<T>(schema: z.ZodType<T>, value: unknown, field = ''): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = z.core.toDotPath(issue?.path ?? []);
  const separator = field === '' || path === '' || path.startsWith('[') ? '' : '.';
  throw invalidDelivery(`${field}${separator}${path}`, wordsOf(issue));
}

function wordsOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'is not valid';
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input')) return issue.message;
  return issue.message.endsWith('received undefined') ? 'is missing' : `must be of type ${issue.expected}`;
}

/** The answer to a body that is signed and makes no sense. Short, since a refusal of a delivery is at most 300 bytes. */
export function invalidDelivery(field: string, detail: string): Refusal {
  return new Refusal(400, 'InvalidDelivery', `${field.slice(0, FIELD_LENGTH_MAX) || 'The body'}: ${detail}`);
}

/** The header by which a provider says what happened. @throws Refusal 400 InvalidDelivery without it. */
export function eventOf(delivery: RawDelivery, header: string): string {
  const event = delivery.header(header) ?? '';
  if (event === '') throw invalidDelivery(header, 'is missing: the header says what happened');
  return event;
}

/** The id in a header; undefined for what nobody sends as one: empty, long, or with blanks and control characters. */
export function idFrom(delivery: RawDelivery, header: string): string | undefined {
  const id = delivery.header(header) ?? '';
  return id.length <= DELIVERY_ID_LENGTH_MAX && /^[!-~]+$/.test(id) ? id : undefined;
}
