import type { TokenCredential } from '@azure/core-auth';
import { createSecrets, type SecretsOptions } from '../adapters/keyvault/secrets.ts';
import { createNotifier } from '../adapters/notifications/notifier.ts';
import type { Config } from '../config.ts';
import { SecretReference } from '../contracts/secret-reference.ts';
import type { Clock } from '../ports/clock.ts';
import type { Notifier } from '../ports/notifier.ts';

/** What the notifier shares with the rest of the application. */
export interface NotifierParts {
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** Base of the API without `/api`; undefined when it is not known. */
  readonly publicUrl: string | undefined;
  /** The local cloud's stand-in for Key Vault; undefined in Azure. */
  readonly environment: SecretsOptions['environment'];
}

/**
 * Tells the receiver that the settings name; undefined when they name none. Its secrets come through a reader of their own, which may read the
 * vaults of its own references and no other: those that rollouts may carry to clusters are another matter.
 */
export function notifierOf(
  { FLOTILLA_NOTIFY_URL: receiver, FLOTILLA_NOTIFY_KEY: signingKey }: Config,
  { credential, clock, publicUrl, environment }: NotifierParts,
): Notifier | undefined {
  if (receiver === undefined) return undefined;
  const vaults = [receiver, signingKey ?? ''].flatMap(vaultOf);
  const secrets = createSecrets({ credential, clock, vaults, ...(environment && { environment }) });
  return createNotifier({
    receiver,
    ...(signingKey !== undefined && { signingKey }),
    secrets,
    clock,
    apiUrl: `${publicUrl ?? ''}/api`,
    isLocalCloud: environment !== undefined,
  });
}

function vaultOf(setting: string): string[] {
  const isVault = setting.startsWith('https://') && SecretReference.safeParse(setting).success;
  return isVault ? [new URL(setting).host] : [];
}
