import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureHashKey } from '../../tools/ensure-hash-key.ts';
import { json, source } from './support/templates.ts';

const GROUP = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers';
const VAULT = `${GROUP}/Microsoft.KeyVault/vaults/kv-own-a`;
const APP = `${GROUP}/Microsoft.Web/sites/func-flotilla-a`;
const SECRET = `${VAULT}/secrets/hash-key`;
const REFRESH = `${APP}/config/configreferences/appsettings/refresh`;

interface Seen {
  readonly what: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

let server: Server;
let seen: Seen[];
/** Status by method and path; 200 where none is set. */
let statuses: Record<string, number>;

beforeEach(async () => {
  seen = [];
  statuses = {};
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const what = `${request.method} ${new URL(request.url!, 'http://arm').pathname}`;
      seen.push({ what, authorization: request.headers.authorization, body });
      response.writeHead(statuses[what] ?? 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: 'Said', message: 'by Azure' } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function run(): Promise<'created' | 'kept'> {
  return ensureHashKey({
    arm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ...{ vaultId: VAULT, appId: APP },
    credential: { getToken: async (scope) => ({ token: `for ${String(scope)}`, expiresOnTimestamp: Infinity }) },
  });
}

describe('the key of hashes', () => {
  it('is made where there is none, and the app is told', async () => {
    statuses[`GET ${SECRET}`] = 404;
    expect(await run()).toBe('created');
    expect(seen.map(({ what }) => what)).toEqual([`GET ${SECRET}`, `PUT ${SECRET}`, `POST ${REFRESH}`]);
    const { properties } = JSON.parse(seen[1]!.body) as { properties: { value: string } };
    expect(properties.value).toMatch(/^[0-9a-f]{64}$/);
    expect(seen.every(({ authorization }) => /^Bearer for http.*\/\.default$/.test(authorization ?? ''))).toBe(true);
  });

  it('is another one each time', async () => {
    statuses[`GET ${SECRET}`] = 404;
    await run();
    await run();
    const made = seen.filter(({ what }) => what.startsWith('PUT')).map(({ body }) => body);
    expect(new Set(made).size).toBe(2);
  });

  it('is kept where there is one; the app is told all the same, since the last run may not have got that far', async () => {
    expect(await run()).toBe('kept');
    expect(seen.map(({ what }) => what)).toEqual([`GET ${SECRET}`, `POST ${REFRESH}`]);
  });

  it.each([
    [`GET ${SECRET}`, 403, 'The vault cannot be read (403)'],
    [`PUT ${SECRET}`, 409, 'The key cannot be stored (409)'],
    [`POST ${REFRESH}`, 404, 'The app cannot be told to look for the key again (404)'],
  ])('%s %i: says what Azure said, and never the key', async (what, status, said) => {
    statuses[`GET ${SECRET}`] = 404;
    statuses[what] = status;
    const error = await run().then(
      () => new Error('it went well'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toContain(`${said}: {"error":{"code":"Said"`);
    expect(error.message).not.toMatch(/[0-9a-f]{64}/);
    expect(seen.at(-1)?.what).toBe(what);
  });

  it('is asked for with the api-versions of the templates', () => {
    const versions = json<Record<string, string>>('api-versions.json');
    const tool = source('tools/ensure-hash-key.ts');
    expect(tool).toContain(`VAULT_VERSION = '${versions['Microsoft.KeyVault/vaults']}'`);
    expect(tool).toContain(`SITE_VERSION = '${versions['Microsoft.Web/sites']}'`);
  });

  it('is the one that the function app reads', () => {
    expect(source('infra/modules/function-app.bicep')).toContain('secrets/hash-key)');
  });
});
