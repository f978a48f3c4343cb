import type { TokenCredential } from '@azure/core-auth';
import { randomBytes } from 'node:crypto';

export interface HashKeyOptions {
  /** Azure Resource Manager of the cloud, such as https://management.azure.com. */
  readonly arm: string;
  /** ARM id of the vault of the installation itself. */
  readonly vaultId: string;
  /** ARM id of the function app. */
  readonly appId: string;
  readonly credential: TokenCredential;
}

/** As `infra/api-versions.json` has them for the two types. */
const VAULT_VERSION = '2023-07-01';
const SITE_VERSION = '2024-04-01';
/** Ours: ARM answers in seconds. */
const REQUEST_MS_MAX = 60_000;

/**
 * Makes the secret `hash-key` in the vault, unless it is there, and lets the app look for it again. Through Azure Resource Manager,
 * which also reaches a vault that is closed to public networks, and never reads the value back. To run it again changes nothing.
 *
 * @throws Error with what Azure said, never with the key.
 */
export async function ensureHashKey(options: HashKeyOptions): Promise<'created' | 'kept'> {
  const { vaultId, appId } = options;
  const secret = `${vaultId}/secrets/hash-key?api-version=${VAULT_VERSION}`;
  const found = await ask(options, 'GET', secret);
  if (found.status !== 404) await check(found, 'The vault cannot be read');
  const isMissing = found.status === 404;
  if (isMissing) {
    const properties = { value: randomBytes(32).toString('hex'), contentType: 'key of hashes, see docs/deploy.md' };
    await check(await ask(options, 'PUT', secret, { properties }), 'The key cannot be stored');
  }
  // The platform keeps what it once found, or did not find, for up to 24 hours.
  const refresh = `${appId}/config/configreferences/appsettings/refresh?api-version=${SITE_VERSION}`;
  await check(await ask(options, 'POST', refresh), 'The app cannot be told to look for the key again');
  return isMissing ? 'created' : 'kept';
}

async function ask(
  { arm, credential }: HashKeyOptions,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: object,
): Promise<Response> {
  const base = arm.replace(/\/+$/, '');
  const token = await credential.getToken(`${base}/.default`);
  if (token === null) throw new Error('Nobody is signed in: run `azd auth login` or `az login`.');
  return fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token.token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    redirect: 'error',
    signal: AbortSignal.timeout(REQUEST_MS_MAX),
  });
}

async function check(response: Response, failure: string): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${failure} (${response.status}): ${text.slice(0, 500)}`);
}
