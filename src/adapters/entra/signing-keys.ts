import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { Transient } from '../../contracts/errors.ts';
import { SIGNING_KEYS_BYTES_MAX } from '../../contracts/limits.ts';
import {
  SIGNING_KEYS_KEPT_SECONDS,
  SIGNING_KEYS_PAUSE_SECONDS,
  SIGNING_KEYS_REFRESH_SECONDS,
  SIGNING_KEYS_REQUEST_SECONDS,
} from '../../contracts/timing.ts';
import type { Clock } from '../../ports/clock.ts';
import { askHost, Unanswered } from '../ask-host.ts';

export interface SigningKeysOptions {
  /** Where the key set of the tenant is. */
  readonly url: string;
  /** Of the tokens that the keys are to prove. */
  readonly issuer: string;
  readonly tenantId: string;
  readonly clock: Clock;
}

/** An RSA key of 2,048 bits or more (RFC 7518, section 3.3). Entra says with each whose tokens it signs; `{tenantid}` stands for any tenant. */
const Key = z.looseObject({ kty: z.literal('RSA'), n: z.base64url().min(342), issuer: z.string().optional() });
const KeySet = z.object({ keys: z.array(z.unknown()) });

interface KeptKeys {
  readonly find: JWTVerifyGetKey;
  readonly readAt: number;
}

/**
 * The keys that sign tokens for one tenant, read when they are first needed and kept. A token that names another key, and age, have them
 * read again, but never more often than the pause allows: made-up key ids cost a caller nothing and us one request each pause.
 */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  #kept: KeptKeys | undefined;
  #reading: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
  }

  /** @throws JWKSNoMatchingKey; Transient when there are no keys that still count */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const kept = await this.#current();
    try {
      return await kept.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (this.#reading === undefined && !this.#mayAsk()) throw error;
      await this.#read().catch(() => undefined);
      return await (this.#kept ?? kept).find(header, token);
    }
  };

  async #current(): Promise<KeptKeys> {
    const age = this.#age();
    if (age > SIGNING_KEYS_KEPT_SECONDS) {
      if (this.#reading === undefined && !this.#mayAsk()) throw unavailable('They could not be read a moment ago.');
      await this.#read();
    } else if (age > SIGNING_KEYS_REFRESH_SECONDS && this.#mayAsk()) {
      // Nobody waits for it: the keys at hand still count, and the next call sees how it went.
      this.#read().catch(() => undefined);
    }
    if (this.#kept === undefined) throw new Error('The signing keys were read and are not there.');
    return this.#kept;
  }

  #age(): number {
    return this.#kept === undefined ? Number.POSITIVE_INFINITY : (this.#options.clock.now() - this.#kept.readAt) / 1000;
  }

  #mayAsk(): boolean {
    return (
      this.#reading === undefined && this.#options.clock.now() - this.#askedAt >= SIGNING_KEYS_PAUSE_SECONDS * 1000
    );
  }

  /** Whoever comes while they are being read waits for the same answer. */
  #read(): Promise<void> {
    this.#reading ??= this.#ask().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #ask(): Promise<void> {
    const { url, clock } = this.#options;
    this.#askedAt = clock.now();
    const limits = { timeoutMs: SIGNING_KEYS_REQUEST_SECONDS * 1000, bytesMax: SIGNING_KEYS_BYTES_MAX };
    try {
      const { status, body } = await askHost({ url, method: 'GET', headers: { accept: 'application/json' } }, limits);
      if (status !== 200) throw unavailable(`${new URL(url).host} answered ${status}.`);
      this.#kept = { find: createLocalJWKSet({ keys: this.#ownKeys(body) }), readAt: clock.now() };
    } catch (error) {
      if (error instanceof Unanswered) throw unavailable(error.message);
      throw error;
    }
  }

  #ownKeys(body: Buffer): JWK[] {
    const { issuer: wanted, tenantId } = this.#options;
    const parsed = KeySet.safeParse(jsonOf(body));
    if (!parsed.success) throw unavailable('What was answered is no set of keys.');
    const keys = parsed.data.keys.flatMap((key) => Key.safeParse(key).data ?? []);
    return keys.filter(({ issuer = wanted }) => issuer.replace('{tenantid}', tenantId) === wanted);
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function unavailable(detail: string): Transient {
  const retryAfterMs = SIGNING_KEYS_PAUSE_SECONDS * 1000;
  return new Transient(
    'SigningKeysUnavailable',
    `The keys that tokens are signed with cannot be read. ${detail}`,
    retryAfterMs,
  );
}
