import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { SecretReference } from '../../contracts/secret-reference.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SecretResult, Secrets } from '../../ports/secrets.ts';
import { readEnvironment, type Environment } from './environment.ts';
import { refused } from './faults.ts';
import { RecentSecrets } from './recent-secrets.ts';
import { createReadVault, type VaultSecret } from './vault.ts';

export interface SecretsOptions {
  readonly credential: TokenCredential;
  /** Ages of cached values, dates of secrets and dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /**
   * Host names of the vaults that may be read, in lower case. Anybody who may start a rollout can carry any secret of these
   * to a cluster, so it is not every vault that our identity may read.
   */
  readonly vaults: readonly string[];
  /** What `env:NAME` reads: in the local cloud only. */
  readonly environment?: Environment;
  /** Real milliseconds after which a request to a vault is given up, its token included. */
  readonly requestTimeoutMs?: number;
  /** Sends the requests; the SDK's own by default. */
  readonly httpClient?: HttpClient;
}

/** Ours: a vault answers within a second, and more than one secret may be read before one call to ARM. */
const REQUEST_MS_MAX = 10_000;
const ENVIRONMENT_PREFIX = 'env:';

/**
 * Secrets by the form of their reference: from Key Vault, with values kept in memory for minutes, or from the environment of
 * the local cloud. One per process: it keeps connections and the token.
 */
export function createSecrets(options: SecretsOptions): Secrets {
  const { vaults, environment, clock, requestTimeoutMs = REQUEST_MS_MAX } = options;
  const readVault = createReadVault({ ...options, requestTimeoutMs });
  const recent = new RecentSecrets(clock);
  return {
    read: async (reference) => {
      // The text is not shown: who sends no reference may have sent the secret itself.
      if (!SecretReference.safeParse(reference).success) {
        return refused('InvalidSecretReference', 'A reference to a secret is neither a URL of Key Vault nor env:NAME.');
      }
      if (reference.startsWith(ENVIRONMENT_PREFIX)) {
        return readEnvironment(environment, reference.slice(ENVIRONMENT_PREFIX.length));
      }
      const secret = parseVaultSecret(reference);
      if (!vaults.includes(secret.host)) return vaultNotAllowed(secret.host);
      return recent.read(keyOf(secret), () => readVault(secret));
    },
  };
}

/** `reference` has the form that `SecretReference` asks for. */
function parseVaultSecret(reference: string): VaultSecret {
  const { host, pathname } = new URL(reference);
  const [, , name = '', version] = pathname.split('/');
  return { reference, host, name, version };
}

/** Key Vault compares names without case. */
function keyOf({ host, name, version = 'current' }: VaultSecret): string {
  return `${host}/${name.toLowerCase()}/${version}`;
}

function vaultNotAllowed(host: string): SecretResult {
  const detail = `Secrets of ${host} may not be read. Add the vault to the setting FLOTILLA_KEY_VAULTS if they may.`;
  return refused('VaultNotAllowed', detail);
}
