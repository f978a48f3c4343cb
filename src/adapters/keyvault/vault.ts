import type { TokenCredential } from '@azure/core-auth';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { SecretClient, type KeyVaultSecret } from '@azure/keyvault-secrets';
import type { Clock } from '../../ports/clock.ts';
import type { SecretResult } from '../../ports/secrets.ts';
import { boundedBodies } from '../bounded-bodies.ts';
import { tellingCredential } from '../telling-credential.ts';
import { faultOfAnswer, faultWithoutAnswer, refused, type VaultAnswer } from './faults.ts';
import { checkedValue } from './value.ts';

/** One secret of a vault, as its reference names it. */
export interface VaultSecret {
  /** As people know it; for messages. */
  readonly reference: string;
  readonly host: string;
  readonly name: string;
  /** Undefined stands for the current one. */
  readonly version: string | undefined;
}

export interface VaultOptions {
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  readonly httpClient?: HttpClient;
}

/** Reading a secret is the same in later versions, which reach sovereign clouds late. */
const API_VERSION = '7.4';

/**
 * Reads secrets through the SDK: its authentication follows the vault's challenge and checks that it comes from the cloud of
 * the vault. Retries and redirects are off: we retry.
 */
export function createReadVault(options: VaultOptions): (secret: VaultSecret) => Promise<SecretResult> {
  const { clock, requestTimeoutMs } = options;
  const clientOf = clients(options);
  return async (secret) => {
    const { reference, host, name, version } = secret;
    const abortSignal = AbortSignal.timeout(requestTimeoutMs);
    let answer: VaultAnswer | undefined;
    try {
      const found = await clientOf(host).getSecret(name, {
        ...(version !== undefined && { version }),
        abortSignal,
        onResponse: ({ status, headers, parsedBody }) => {
          answer = { status, headers, body: parsedBody };
        },
      });
      return judge(found, reference, clock.now());
    } catch (error) {
      // What the SDK says of an answer that it cannot read quotes the answer, so none of its words are used (law 9).
      if (answer !== undefined) return { ok: false, fault: faultOfAnswer(answer, secret, clock.now()) };
      return {
        ok: false,
        fault: faultWithoutAnswer(error, secret, abortSignal.aborted ? requestTimeoutMs : undefined),
      };
    }
  };
}

/** One client for each vault: it keeps what the vault's challenge said. Only vaults that may be read get here. */
function clients({ credential, httpClient }: VaultOptions): (host: string) => SecretClient {
  const known = new Map<string, SecretClient>();
  const telling = tellingCredential(credential);
  const bounded = boundedBodies(httpClient ?? createDefaultHttpClient());
  return (host) => {
    const client =
      known.get(host) ??
      new SecretClient(`https://${host}`, telling, {
        serviceVersion: API_VERSION,
        httpClient: bounded,
        retryOptions: { maxRetries: 0 },
        redirectOptions: { maxRetries: 0 },
        userAgentOptions: { userAgentPrefix: 'flotilla' },
      });
    known.set(host, client);
    return client;
  };
}

/** Key Vault gives out secrets before and after their time ("About Azure Key Vault secrets"); whoever set a date meant it. */
function judge({ value = '', properties }: KeyVaultSecret, reference: string, nowMs: number): SecretResult {
  const { expiresOn, notBefore } = properties;
  if (expiresOn !== undefined && expiresOn.getTime() <= nowMs) {
    const detail = `${reference} expired on ${expiresOn.toISOString()}. Set a new version of the secret.`;
    return refused('SecretExpired', detail);
  }
  if (notBefore !== undefined && notBefore.getTime() > nowMs) {
    return refused('SecretNotYetValid', `${reference} is not valid before ${notBefore.toISOString()}.`);
  }
  return checkedValue(value, reference);
}
