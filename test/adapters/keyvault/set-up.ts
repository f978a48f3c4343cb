import type { TokenCredential } from '@azure/core-auth';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { afterEach } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { createSecrets, type SecretsOptions } from '../../../src/adapters/keyvault/secrets.ts';
import type { SecretFault, SecretResult, Secrets } from '../../../src/ports/secrets.ts';
import { startHttpFixture, type Answer, type HttpFixture, type Recorded } from '../http-fixture.ts';

export const VAULT = 'kv-flotilla.vault.azure.net';
export const REFERENCE = `https://${VAULT}/secrets/git-token`;
export const VERSION = '0123456789abcdef0123456789abcdef';
/** Must appear in no fault and no log. */
export const VALUE = 'canary-f5b1c2';
export const TOKEN = 'token-of-our-identity';
export const TENANT = '22222222-2222-2222-2222-222222222222';

const open: HttpFixture[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((fixture) => fixture.close()));
});

export interface Setup {
  readonly secrets: Secrets;
  readonly fixture: HttpFixture;
  readonly clock: ManualClock;
  /** What the identity was asked for: scope and tenant. */
  readonly asked: { readonly scope: unknown; readonly tenantId: unknown }[];
  /** Requests that carried a token. */
  readonly reads: () => readonly Recorded[];
}

/** The adapter, speaking through the real SDK to a vault that asks for a token and then answers by `rule`. */
export async function setUp(
  rule: (request: Recorded) => Answer = () => found(),
  options: Partial<SecretsOptions> & { readonly cloud?: string } = {},
): Promise<Setup> {
  const { cloud = 'vault.azure.net', ...rest } = options;
  const fixture = await startHttpFixture((request) =>
    request.headers.authorization === undefined ? challenge(cloud) : rule(request),
  );
  open.push(fixture);
  const asked: Setup['asked'] = [];
  const credential: TokenCredential = {
    getToken: async (scope, how) => {
      asked.push({ scope, tenantId: how?.tenantId });
      return { token: TOKEN, expiresOnTimestamp: Date.UTC(9999, 0, 1) };
    },
  };
  const clock = new ManualClock();
  const httpClient = everyVaultAt(fixture.endpoint);
  const secrets = createSecrets({ credential, clock, vaults: [VAULT], httpClient, ...rest });
  const reads = () => fixture.requests.filter(({ headers }) => headers.authorization !== undefined);
  return { secrets, fixture, clock, asked, reads };
}

/** Stands in for name resolution and TLS: the SDK believes that it speaks to the vault. */
function everyVaultAt(endpoint: string): HttpClient {
  const wire = createDefaultHttpClient();
  return {
    sendRequest: async (request) => {
      const { pathname, search } = new URL(request.url);
      return wire.sendRequest({ ...request, url: `${endpoint}${pathname}${search}`, allowInsecureConnection: true });
    },
  };
}

/** How a vault asks for a token. */
export function challenge(cloud: string): Answer {
  const header = `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://${cloud}"`;
  return { status: 401, headers: { 'www-authenticate': header }, body: vaultError('Unauthorized', 'no token') };
}

/** A secret as a vault gives it; `attributes` hold dates in seconds. */
export function found(value: string = VALUE, attributes: Record<string, unknown> = {}): Answer {
  const body = { value, id: `${REFERENCE}/${VERSION}`, attributes: { enabled: true, ...attributes } };
  return { status: 200, body };
}

/** The body of an error as Key Vault words it. */
export function vaultError(code: string, message: string, innerCode?: string): unknown {
  return { error: { code, message, ...(innerCode !== undefined && { innererror: { code: innerCode } }) } };
}

/** The fault of a result that must be one. */
export function faultOf(result: SecretResult): SecretFault {
  if (result.ok) throw new Error('expected a fault, got a value');
  return result.fault;
}
