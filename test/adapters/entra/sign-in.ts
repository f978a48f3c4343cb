import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { ManualClock } from '../../../local/clock.ts';
import { createTokens } from '../../../src/adapters/entra/tokens.ts';
import { startHttpFixture, type Answer, type HttpFixture } from '../http-fixture.ts';

export const TENANT = 'aaaaaaaa-0000-4000-8000-000000000001';
export const OTHER_TENANT = 'aaaaaaaa-0000-4000-8000-000000000002';
export const STRANGE_TENANT = 'aaaaaaaa-0000-4000-8000-000000000003';
export const AUDIENCE = 'bbbbbbbb-0000-4000-8000-000000000001';
export const ANNA = 'cccccccc-0000-4000-8000-000000000001';

export interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export async function newPair(kid: string, alg = 'RS256'): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}

/** The key of the tenant, that of another tenant, and one of nobody. */
export const OWN = await newPair('own');
export const OTHERS = await newPair('others');
export const STRANGERS = await newPair('own');

export type Header = Record<string, unknown>;

/** A sign-in service on a real socket, whose keys and answers a test can change, and the adapter that asks it. */
export class Authority {
  readonly clock = new ManualClock();
  readonly fixture: HttpFixture;
  keys: Record<string, unknown[]> = { [TENANT]: [OWN.jwk], [OTHER_TENANT]: [OTHERS.jwk] };
  /** Takes the place of the answer with the keys. */
  answer: (() => Answer) | undefined;

  private constructor(fixture: HttpFixture) {
    this.fixture = fixture;
  }

  static async start(): Promise<Authority> {
    const started: Authority[] = [];
    const fixture = await startHttpFixture(({ url }) => started[0]?.respond(url) ?? { status: 503 });
    const own = new Authority(fixture);
    started.push(own);
    return own;
  }

  respond(url: string): Answer {
    const [, tenant = '', ...path] = url.split('/');
    const keys = this.keys[tenant];
    if (path.join('/') !== 'discovery/v2.0/keys' || keys === undefined) return { status: 404 };
    return this.answer?.() ?? { status: 200, body: { keys } };
  }

  get url(): string {
    return this.fixture.endpoint;
  }

  /** How often the keys were asked for. */
  get asked(): number {
    return this.fixture.requests.length;
  }

  tokens(options: Partial<Parameters<typeof createTokens>[0]> = {}) {
    const trusted = { tenants: [TENANT, OTHER_TENANT], audiences: [AUDIENCE] };
    return createTokens({ authority: this.url, clock: this.clock, ...trusted, ...options });
  }

  /** Claims of a good token of Anna, an operator; undefined leaves one out. */
  claims(changes: Record<string, unknown> = {}): JWTPayload {
    const now = Math.floor(this.clock.now() / 1000);
    return {
      ...{ ver: '2.0', iss: `${this.url}/${TENANT}/v2.0`, aud: AUDIENCE, tid: TENANT, oid: ANNA },
      ...{ iat: now, nbf: now, exp: now + 3600 },
      ...{ scp: 'user_impersonation', roles: ['Operator'], preferred_username: 'anna@contoso.example' },
      ...changes,
    };
  }

  async sign(changes: Record<string, unknown> = {}, header: Header = {}, key = OWN.privateKey): Promise<string> {
    const claims = JSON.parse(JSON.stringify(this.claims(changes))) as JWTPayload;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'own', ...header }).sign(key);
  }

  /** A token whose parts are whatever is given; nothing is signed. */
  forge(header: Header, changes: Record<string, unknown> = {}, signature = ''): string {
    return [header, this.claims(changes)].map(encode).join('.') + `.${signature}`;
  }

  close(): Promise<void> {
    return this.fixture.close();
  }
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
