import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { LocalClock } from '../clock.ts';

/** The tenant and the registration of every local cloud. */
export const TENANT_ID = '0d0d0d0d-0000-4000-8000-00000000000a';
export const CLIENT_ID = '0d0d0d0d-0000-4000-8000-00000000000b';

/** Local time may run fast: a token outlives its local cloud. Ours. */
const LIFETIME_SECONDS = 365 * 24 * 60 * 60;
const KEY_ID = 'local';

/** Whom a token is for. The same name is always the same person, or the same application. */
export interface Bearer {
  readonly name: string;
  readonly roles: readonly string[];
  readonly isApp?: boolean;
  /** Object ids. */
  readonly groups?: readonly string[];
}

/** Stands in for the sign-in service of Entra ID: issues tokens to everybody on this machine who asks, for any role. */
export interface Issuer {
  /** For `FLOTILLA_AUTH_AUTHORITY`. */
  readonly authority: string;
  issue(bearer: Bearer): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts an issuer on a free port of the loopback interface. `GET /TENANT/discovery/v2.0/keys` answers its keys, and
 * `GET /token?role=Operator&name=anna` a token as text; `role` and `group` may stand several times, `app` makes it an application's.
 */
export async function startIssuer(clock: LocalClock): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, use: 'sig' }] });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const authority = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const issue = (bearer: Bearer): Promise<string> =>
    new SignJWT(claimsOf(bearer, authority, Math.floor(clock.now() / 1000)))
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })
      .sign(privateKey);
  const answer = async (url: URL): Promise<string | undefined> => {
    if (url.pathname === `/${TENANT_ID}/discovery/v2.0/keys`) return keys;
    return url.pathname === '/token' ? `${await issue(bearerOf(url.searchParams))}\n` : undefined;
  };
  server.on('request', (request, response) => {
    void answer(new URL(request.url ?? '/', authority)).then(
      (text) => response.writeHead(text === undefined ? 404 : 200).end(text),
      () => response.destroy(),
    );
  });
  return {
    authority,
    issue,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bearerOf(query: URLSearchParams): Bearer {
  const name = query.get('name') ?? 'local';
  return { name, roles: query.getAll('role'), groups: query.getAll('group'), isApp: query.has('app') };
}

/** Claims as a token of version 2.0 has them. */
function claimsOf({ name, roles, groups = [], isApp = false }: Bearer, authority: string, now: number): JWTPayload {
  return {
    ver: '2.0',
    iss: `${authority}/${TENANT_ID}/v2.0`,
    aud: CLIENT_ID,
    tid: TENANT_ID,
    oid: objectIdOf(name),
    iat: now,
    nbf: now,
    exp: now + LIFETIME_SECONDS,
    roles: [...roles],
    ...(groups.length > 0 && { groups: [...groups] }),
    ...(isApp ? { idtyp: 'app' } : { scp: 'user_impersonation', preferred_username: `${name}@local.example` }),
  };
}

/** The object id of a person or application of a local cloud. */
export function objectIdOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
