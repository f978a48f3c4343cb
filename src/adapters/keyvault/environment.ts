import type { SecretResult } from '../../ports/secrets.ts';
import { refused } from './faults.ts';
import { checkedValue } from './value.ts';

/** The environment of the local cloud. */
export interface Environment {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Names of the application's own settings, which no rollout may read. */
  readonly settings: readonly string[];
}

/** Reads the variable that `env:NAME` names. Without an environment, which is in Azure, it refuses. */
export function readEnvironment(environment: Environment | undefined, name: string): SecretResult {
  if (environment === undefined) {
    const detail = `env:${name} works in the local cloud only. Put the secret into Key Vault and name it by its URL.`;
    return refused('EnvironmentSecretsNotAllowed', detail);
  }
  // Windows compares names of variables without case.
  if (environment.settings.some((setting) => setting.toLowerCase() === name.toLowerCase())) {
    return refused('SettingIsNoSecret', `${name} is a setting of the application. Choose another name for the secret.`);
  }
  const value = environment.values[name];
  if (value !== undefined) return checkedValue(value, `env:${name}`);
  return refused('SecretNotFound', `The environment of the local cloud has no ${name}. Set it and start again.`);
}
