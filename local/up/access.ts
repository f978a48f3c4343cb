import { createHash, randomBytes } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { CLIENT_ID, startIssuer, TENANT_ID, type Issuer } from '../entra/issuer.ts';

const ROLES = ['Reader', 'Operator', 'Approver', 'Admin'] as const;

/** How callers of a local cloud that asks who they are get in. */
export interface LocalAccess {
  readonly issuer: Issuer;
  /** An API key for each role, by its name. */
  readonly keys: Readonly<Record<(typeof ROLES)[number], string>>;
  /** What makes the application ask, and know these callers. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts an issuer of tokens, and makes up a key for each role. */
export async function startAccess(clock: LocalClock): Promise<LocalAccess> {
  const issuer = await startIssuer(clock);
  const keys = { Reader: newKey(), Operator: newKey(), Approver: newKey(), Admin: newKey() };
  return {
    issuer,
    keys,
    settings: {
      FLOTILLA_AUTH_AUTHORITY: issuer.authority,
      FLOTILLA_AUTH_TENANTS: TENANT_ID,
      FLOTILLA_AUTH_AUDIENCES: CLIENT_ID,
      FLOTILLA_API_KEYS: ROLES.map((role) => `${role.toLowerCase()}=${role}=${sha256(keys[role])}`).join(','),
    },
  };
}

function newKey(): string {
  return randomBytes(24).toString('base64url');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
