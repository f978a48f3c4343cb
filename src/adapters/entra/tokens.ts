import { decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { TOKEN_LENGTH_MAX } from '../../contracts/limits.ts';
import { TOKEN_SKEW_SECONDS } from '../../contracts/timing.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TokenCheck, TokenClaims, TokenFault, Tokens } from '../../ports/tokens.ts';
import { issuingAuthority } from './authority.ts';
import { SigningKeys } from './signing-keys.ts';

export interface EntraOptions {
  /** Base of the sign-in service of the cloud, such as https://login.microsoftonline.com. */
  readonly authority: string;
  /** Tenants whose people and applications may come, as lower-case GUIDs. */
  readonly tenants: readonly string[];
  /** What tokens must be issued for. */
  readonly audiences: readonly string[];
  readonly clock: Clock;
}

/**
 * Claims of a token of version 2.0 (Entra, "Access token claims reference"). Names of people (`email`, `upn`, …) are shown at most: they can be
 * changed, and given to others.
 */
const Claims = z.object({
  ver: z.literal('2.0'),
  aud: z.string(),
  iat: z.number(),
  tid: z.guid(),
  oid: z.guid(),
  /** `app` where the registration has the optional claim, as ours must. */
  idtyp: z.string().optional(),
  scp: z.string().optional(),
  roles: z.array(z.string()).default([]),
  groups: z.array(z.string()).optional(),
  /** Both say that the person is in more groups than fit into a token. */
  hasgroups: z.boolean().optional(),
  _claim_names: z.object({ groups: z.string().optional() }).optional(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
});

const Tenant = z.object({ tid: z.string() });

/** Checks access tokens of Entra ID. Each tenant has an issuer and keys of its own. */
export function createTokens(options: EntraOptions): Tokens {
  const authority = issuingAuthority(options.authority);
  const issuerOf = (tenantId: string): string => `${authority}/${tenantId}/v2.0`;
  const keys = new Map(
    options.tenants.map((tenantId) => {
      const url = `${authority}/${tenantId}/discovery/v2.0/keys`;
      return [tenantId, new SigningKeys({ url, issuer: issuerOf(tenantId), tenantId, clock: options.clock })] as const;
    }),
  );

  return {
    check: async (token) => {
      const tenantId = token.length > TOKEN_LENGTH_MAX ? undefined : tenantOf(token);
      if (tenantId === undefined) return refused('Malformed');
      const tenantKeys = keys.get(tenantId);
      if (tenantKeys === undefined) return refused('WrongTenant');
      const now = options.clock.now();
      try {
        const { payload } = await jwtVerify(token, tenantKeys.find, {
          algorithms: ['RS256'],
          issuer: issuerOf(tenantId),
          audience: [...options.audiences],
          clockTolerance: TOKEN_SKEW_SECONDS,
          currentDate: new Date(now),
          // A token without an end would never expire.
          requiredClaims: ['exp', 'iat', 'oid', 'tid'],
        });
        return read(payload, now);
      } catch (error) {
        if (error instanceof errors.JOSEError) return refused(faultOf(error));
        throw error;
      }
    },
  };
}

/** What the token says about itself, unproven: it chooses the keys that have to prove it. */
function tenantOf(token: string): string | undefined {
  try {
    return Tenant.parse(decodeJwt(token)).tid;
  } catch {
    return undefined;
  }
}

function read(payload: unknown, now: number): TokenCheck {
  const parsed = Claims.safeParse(payload);
  if (!parsed.success) return refused('WrongClaims');
  const { data } = parsed;
  if (data.iat * 1000 > now + TOKEN_SKEW_SECONDS * 1000) return refused('NotYetValid');
  const scopes = (data.scp ?? '').split(' ').filter((scope) => scope !== '');
  const kind = kindOf(data.idtyp, scopes);
  if (kind === undefined) return refused('NoAccessToken');
  return { ok: true, claims: { ...identityOf(data), kind, scopes, roles: data.roles } };
}

/** An ID token has the same issuer, and may have the same audience and roles, but neither of what tells these two apart. */
function kindOf(idtyp: string | undefined, scopes: readonly string[]): TokenClaims['kind'] | undefined {
  if (idtyp === 'app') return scopes.length === 0 ? 'app' : undefined;
  return scopes.length > 0 ? 'user' : undefined;
}

function identityOf({ tid, oid, groups, hasgroups, _claim_names, ...names }: z.infer<typeof Claims>) {
  const isCut = hasgroups === true || _claim_names?.groups !== undefined;
  return {
    tenantId: tid.toLowerCase(),
    objectId: oid.toLowerCase(),
    groups: isCut ? undefined : (groups ?? []).map((id) => id.toLowerCase()),
    label: names.preferred_username ?? names.name,
  };
}

function faultOf(error: errors.JOSEError): TokenFault {
  if (error instanceof errors.JWTExpired) return 'Expired';
  if (error instanceof errors.JWTClaimValidationFailed) return claimFault(error);
  if (error instanceof errors.JOSEAlgNotAllowed) return 'WrongAlgorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'UnknownKey';
  return error instanceof errors.JWSSignatureVerificationFailed ? 'BadSignature' : 'Malformed';
}

function claimFault({ claim, reason }: errors.JWTClaimValidationFailed): TokenFault {
  if (reason !== 'check_failed') return 'WrongClaims';
  if (claim === 'aud') return 'WrongAudience';
  if (claim === 'iss') return 'WrongIssuer';
  return claim === 'nbf' ? 'NotYetValid' : 'WrongClaims';
}

function refused(fault: TokenFault): TokenCheck {
  return { ok: false, fault };
}
