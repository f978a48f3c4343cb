import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ArmError } from './errors.ts';

/** Who sends a request, as `systemData` shows it. */
export interface Principal {
  readonly id: string;
  readonly type: 'User' | 'Application';
}

const claims = z.object({ upn: z.string().optional(), appid: z.string().optional(), oid: z.string().optional() });

/**
 * Accepts any bearer token that is not empty. A JWT names its principal (`upn`, else `appid`, else `oid`); any other token
 * stands for an application whose id is derived from the token, so that the token itself never shows up anywhere.
 *
 * @throws ArmError 401 when the header is missing or is not a bearer token.
 */
export function authenticate(authorization: string | undefined): Principal {
  const token = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    const message = "Authentication failed. The 'Authorization' header is missing or is not a bearer token.";
    throw new ArmError(401, { code: 'AuthenticationFailed', message }, { 'WWW-Authenticate': 'Bearer' });
  }
  return principalOf(token);
}

function principalOf(token: string): Principal {
  const read = claims.safeParse(payloadOf(token));
  if (read.success && read.data.upn !== undefined) return { id: read.data.upn, type: 'User' };
  const hex = createHash('sha256').update(token).digest('hex');
  const fallback = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { id: (read.success ? (read.data.appid ?? read.data.oid) : undefined) ?? fallback, type: 'Application' };
}

function payloadOf(token: string): unknown {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return undefined;
  }
}
