import { z } from 'zod';
import type { Ref, SourceKind } from '../contracts/push.ts';
import { keptPaths } from './changed-paths.ts';
import { Digest } from './digest.ts';
import { isSignedInHex } from './hmac.ts';
import { valueAt } from './json-pointer.ts';
import { keysOf, namedRef, refOf, translateMoves } from './moves.ts';
import { idFrom, parseDelivery, Sha } from './parse-delivery.ts';
import type { Provider } from './provider.ts';
import { isSigningSecret, isStandardSigned } from './standard-webhooks.ts';

/** Seconds since the epoch, up to the year 5138: a larger number is milliseconds. */
const SECONDS_MAX = 100_000_000_000;
const At = z.union(
  [
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
    z
      .number()
      .min(0)
      .max(SECONDS_MAX)
      .transform((seconds) => seconds * 1000),
  ],
  'must be ISO 8601 with its offset, or seconds since the epoch',
);

/**
 * Whatever can sign JSON. A secret `whsec_…` takes the headers of Standard Webhooks, which sign an id and a time; any other takes
 * `X-Signature-256: sha256=<hex>` over the body alone.
 */
export const generic: Provider = {
  verify: (delivery, secret) =>
    isSigningSecret(secret)
      ? isStandardSigned(delivery, secret)
      : isSignedInHex(delivery.header('x-signature-256'), 'sha256=', delivery.body, secret),
  // Beside `X-Signature-256` an id would not be signed: with a new one, an old delivery could be sent in again.
  deliveryId: (delivery) =>
    delivery.header('x-signature-256') === undefined ? idFrom(delivery, 'webhook-id') : undefined,
  translate(_delivery, body, mapping) {
    if (mapping === undefined) throw new Error('A generic hook has a mapping: its contract says so.');
    const read = <T>(schema: z.ZodType<T>, pointer: string): T =>
      parseDelivery(schema, valueAt(body, pointer), pointer);
    const optional = <T>(schema: z.ZodType<T>, pointer: string | undefined): T | undefined =>
      pointer === undefined ? undefined : read(schema.optional(), pointer);
    const { source } = mapping;
    const commit = source === 'git' ? Sha.nullable() : Digest.nullable();
    return translateMoves([
      {
        source,
        repositories: keysOf(mapping.repository, source, [urlOf(source, read(z.string(), mapping.repository))]),
        ref: refIn(source, read(z.string(), mapping.ref)),
        before: optional(commit, mapping.before),
        after: read(commit, mapping.after),
        at: optional(At, mapping.at),
        changedPaths: keptPaths(optional(z.array(z.string()), mapping.changedPaths) ?? []),
      },
    ]);
  },
};

/** A URL as it is; of a mere host and path, the URL that it would have. */
function urlOf(source: SourceKind, repository: string): string {
  const isUrl = repository.includes('://') || repository.includes('@');
  return isUrl ? repository : `${source === 'git' ? 'https' : 'oci'}://${repository}`;
}

function refIn(source: SourceKind, ref: string): Ref | undefined {
  if (ref.startsWith('refs/')) return refOf(ref);
  return namedRef(source === 'git' ? 'branch' : 'tag', ref);
}
