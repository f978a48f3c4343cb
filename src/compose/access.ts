import { createTokens } from '../adapters/entra/tokens.ts';
import type { Config } from '../config.ts';
import type { Access } from '../http/access.ts';
import type { Clock } from '../ports/clock.ts';

/** Who may call, from the settings. */
export function accessOf(config: Config, clock: Clock): Access {
  const { FLOTILLA_AUTH_TENANTS: tenants, FLOTILLA_AUTH_AUDIENCES: audiences } = config;
  const { FLOTILLA_AUTH_AUTHORITY: authority } = config;
  return {
    isOff: config.FLOTILLA_AUTH === 'off',
    tokens: tenants && audiences && createTokens({ authority, tenants, audiences, clock }),
    keys: config.FLOTILLA_API_KEYS ?? [],
    easyAuthTenants: config.FLOTILLA_AUTH_EASY_AUTH === 'trusted' ? tenants : undefined,
    grants: config.FLOTILLA_GRANTS,
  };
}
