import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { Principal } from '../contracts/principal.ts';
import { forbidden, invalidCredential } from './access-refusal.ts';
import { principalOf } from './principal-of.ts';

const HEADER = 'x-ms-client-principal';
/** The platform gives some claims longer names than the token has. */
const CLAIMS = 'http://schemas.microsoft.com/identity/claims';

/** What the platform says about a caller (App Service, "Work with user identities": base64 of JSON). */
const ClientPrincipal = z.object({
  auth_typ: z.literal('aad'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })).max(1000),
});

/**
 * Reads whom the authentication of App Service vouches for. To be asked only where that authentication is known to be on: then the
 * platform removes what callers put into this header, otherwise anybody can.
 *
 * @returns undefined when the platform vouches for nobody.
 * @throws AccessRefusal 401 (another identity provider or tenant), 403 (a request that another web site made a browser send)
 */
export function readEasyAuth(request: HttpRequest, tenants: readonly string[]): Principal | undefined {
  const header = request.headers.get(HEADER);
  if (header === null) return undefined;
  const parsed = ClientPrincipal.safeParse(jsonOf(header));
  if (!parsed.success) throw refused('WrongProvider');
  const values = (...names: string[]): string[] =>
    parsed.data.claims.filter(({ typ }) => names.includes(typ)).map(({ val }) => val);
  const [tenantId = ''] = values('tid', `${CLAIMS}/tenantid`);
  const [objectId] = values('oid', `${CLAIMS}/objectidentifier`);
  if (!tenants.includes(tenantId.toLowerCase())) throw refused('WrongTenant');
  if (objectId === undefined || !z.guid().safeParse(objectId).success) throw refused('WrongClaims');
  refuseCrossSite(request);
  const groups = values('groups').map((id) => id.toLowerCase());
  const isCut = values('hasgroups', '_claim_names').length > 0;
  const [label] = [...values('preferred_username'), ...values('name')];
  const kind = values('idtyp').includes('app') ? 'app' : 'user';
  return principalOf({
    kind,
    objectId: objectId.toLowerCase(),
    label,
    roles: values('roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'),
    groups: isCut ? undefined : groups,
  });
}

/** The platform takes a cookie for proof, which a browser also sends when another site asks it to. Browsers say which (Fetch Metadata). */
function refuseCrossSite({ method, headers }: HttpRequest): void {
  const site = headers.get('sec-fetch-site');
  if (method === 'GET' || site === null || site === 'same-origin' || site === 'none') return;
  throw forbidden(
    'CrossSiteRequest',
    'Another web site made your browser send this. Changes are made from this site, or with a token.',
  );
}

function refused(reason: string) {
  const detail = `The identity that the platform vouches for is not accepted: ${reason}. docs/access.md says what each reason means.`;
  return invalidCredential('InvalidPrincipal', detail, reason);
}

function jsonOf(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
