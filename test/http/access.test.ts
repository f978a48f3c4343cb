import { describe, expect, it } from 'vitest';
import type { Access } from '../../src/http/access.ts';
import { json, route } from '../../src/http/route.ts';
import type { TokenClaims, Tokens } from '../../src/ports/tokens.ts';
import { Bench } from '../app/support.ts';
import { call, edgeOf, OFF, type Sent } from './support.ts';

const { deps } = new Bench([]);
const KEY = 'a key of thirty-two characters, ok';
const OTHER_KEY = 'another key of the same principal!';
const SHORT_KEY = 'short';
const keyOf = (name: string, value: string, role: 'Reader' | 'Operator' = 'Operator') => ({
  ...{ name, role },
  sha256: deps.digest.sha256(value),
});
const KEYS = [keyOf('ci', KEY), keyOf('ci', OTHER_KEY), keyOf('weak', SHORT_KEY)];

const TENANT = 'aaaaaaaa-0000-4000-8000-000000000001';
const ANNA = 'cccccccc-0000-4000-8000-000000000001';
const ON: Access = { ...OFF, isOff: false };

/** Answers who calls, to whoever is at least a reader. */
function whoAmI(access: Access, sent: Sent, method = 'GET') {
  const handler = route(
    () => edgeOf(deps, access),
    'Reader',
    async ({ actor }) => json({ actor }),
  );
  return call(handler, { method, ...sent });
}

describe('an API key', () => {
  const access = { ...ON, keys: KEYS };

  it.each([
    ['the key', KEY],
    ['its replacement, under the same name', OTHER_KEY],
  ])('is known by its name: %s', async (_what, key) => {
    const answer = await whoAmI(access, { headers: { 'x-functions-key': key } });
    expect(answer).toMatchObject({ status: 200, json: { actor: { kind: 'key', name: 'ci' } } });
  });

  it.each([
    ['[J22] a key of the Functions host', 'x'.repeat(56)],
    ['the hash of a key', deps.digest.sha256(KEY)],
    ['a key with a blank', `${KEY} x`],
    ['a key without its last character', KEY.slice(0, -1)],
    ['a key that is too short to be one', SHORT_KEY],
  ])('that is none is refused: %s', async (_what, key) => {
    const answer = await whoAmI(access, { headers: { 'x-functions-key': key } });
    expect(answer).toMatchObject({ status: 401, json: { code: 'InvalidKey' } });
    expect(answer.headers).toMatchObject({ 'www-authenticate': expect.stringContaining('invalid_token') as string });
  });

  it('does not count in the URL, which ends up in logs', async () => {
    const answer = await whoAmI(access, { path: `/api/rollouts?code=${encodeURIComponent(KEY)}` });
    expect(answer).toMatchObject({ status: 401, json: { code: 'AuthenticationRequired' } });
  });

  it('does not open what its role does not', async () => {
    const handler = route(
      () => edgeOf(deps, { ...ON, keys: [keyOf('prometheus', KEY, 'Reader')] }),
      'Operator',
      async () => json({}),
    );
    const answer = await call(handler, { headers: { 'x-functions-key': KEY } });
    expect(answer).toMatchObject({ status: 403, json: { code: 'RoleMissing' } });
  });
});

describe('an installation that knows no callers', () => {
  it.each([{}, { authorization: 'Bearer abc' }, { 'x-functions-key': KEY }, { 'x-ms-client-principal': 'e30=' }])(
    'lets nobody in and says what to set: %j',
    async (headers) => {
      const answer = await whoAmI(ON, { headers: headers as Record<string, string> });
      expect(answer).toMatchObject({ status: 401, json: { code: 'AuthenticationNotConfigured' } });
      expect(answer.json['detail']).toContain('FLOTILLA_AUTH_TENANTS');
      expect(answer.json['detail']).toContain('FLOTILLA_API_KEYS');
    },
  );
});

it('tokens count nowhere when only keys are known', async () => {
  const answer = await whoAmI({ ...ON, keys: KEYS }, { headers: { authorization: 'Bearer abc' } });
  expect(answer).toMatchObject({
    status: 401,
    json: { code: 'InvalidToken', detail: expect.stringContaining('NoTenants') as string },
  });
});

describe('a local cloud that asks nobody', () => {
  it.each([
    ['nobody in particular', {}, { kind: 'local', name: 'local' }],
    ['an empty key', { 'x-functions-key': '' }, { kind: 'local', name: 'local' }],
    ['any key, told apart by its hash', { 'x-functions-key': 'other' }, { kind: 'key', name: 'd9298a10d1b0' }],
  ])('knows %s', async (_what, headers, actor) => {
    expect((await whoAmI(OFF, { headers: headers })).json).toEqual({ actor });
  });
});

const CLAIMS = 'http://schemas.microsoft.com/identity/claims';

/** The header as App Service makes it. */
function vouched(claims: readonly (readonly [string, string])[], provider = 'aad'): Record<string, string> {
  const body = { auth_typ: provider, claims: claims.map(([typ, val]) => ({ typ, val })) };
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify(body)).toString('base64') };
}
const ANNAS = [
  [`${CLAIMS}/tenantid`, TENANT],
  [`${CLAIMS}/objectidentifier`, ANNA.toUpperCase()],
  ['preferred_username', 'anna@contoso.example'],
  ['roles', 'Reader'],
  ['roles', 'Approver'],
] as const;

describe('the word of the platform', () => {
  const trusting = { ...ON, easyAuthTenants: [TENANT] };
  const token: TokenClaims = {
    ...{ tenantId: TENANT, objectId: 'dddddddd-0000-4000-8000-000000000001', kind: 'user' },
    ...{ scopes: ['user_impersonation'], roles: ['Reader'], groups: [], label: 'bob' },
  };
  const tokens: Tokens = { check: async () => ({ ok: true, claims: token }) };

  it('[J21] means nothing unless the settings say so, and takes nothing away either', async () => {
    const alone = await whoAmI({ ...ON, keys: KEYS }, { headers: vouched(ANNAS) });
    expect(alone).toMatchObject({ status: 401, json: { code: 'AuthenticationRequired' } });
    const beside = { ...vouched(ANNAS), 'x-functions-key': KEY };
    expect((await whoAmI({ ...ON, keys: KEYS }, { headers: beside })).json).toEqual({
      actor: { kind: 'key', name: 'ci' },
    });
    const withToken = { ...vouched(ANNAS), authorization: 'Bearer abc' };
    expect((await whoAmI({ ...ON, tokens }, { headers: withToken })).json).toMatchObject({ actor: { label: 'bob' } });
  });

  it('counts where they do: person, name and roles', async () => {
    expect(await whoAmI(trusting, { headers: vouched(ANNAS) })).toMatchObject({
      status: 200,
      json: { actor: { kind: 'user', name: ANNA, label: 'anna@contoso.example' } },
    });
  });

  it('counts before the token that the platform passes on, and never beside a key', async () => {
    const headers = { ...vouched(ANNAS), authorization: 'Bearer abc' };
    expect((await whoAmI({ ...trusting, tokens }, { headers })).json).toMatchObject({ actor: { name: ANNA } });
    const twice = await whoAmI({ ...trusting, keys: KEYS }, { headers: { ...vouched(ANNAS), 'x-functions-key': KEY } });
    expect(twice).toMatchObject({ status: 401, json: { code: 'TwoCredentials' } });
  });

  it.each([
    ['of nobody: the platform lets people through', {}, 401, 'AuthenticationRequired'],
    ['of another tenant', vouched([[`${CLAIMS}/tenantid`, ANNA], ...ANNAS.slice(1)]), 401, 'InvalidPrincipal'],
    ['of no tenant', vouched(ANNAS.slice(1)), 401, 'InvalidPrincipal'],
    ['of nobody in particular', vouched([ANNAS[0]]), 401, 'InvalidPrincipal'],
    ['of another provider', vouched(ANNAS, 'github'), 401, 'InvalidPrincipal'],
    ['in no JSON', { 'x-ms-client-principal': '!' }, 401, 'InvalidPrincipal'],
    ['of somebody without a role', vouched(ANNAS.slice(0, 3)), 403, 'RoleMissing'],
    ['of an admin by another claim', vouched([...ANNAS.slice(0, 3), ['groups', 'Admin']]), 403, 'RoleMissing'],
  ])('is refused %s', async (_what, headers, status, code) => {
    expect(await whoAmI(trusting, { headers })).toMatchObject({ status, json: { code } });
  });

  it.each([
    ['POST', 'cross-site', 403],
    ['POST', 'same-site', 403],
    ['DELETE', 'cross-site', 403],
    ['POST', 'same-origin', 200],
    ['POST', 'none', 200],
    ['GET', 'cross-site', 200],
  ])('given for a cookie: %s from %s is %i', async (method, site, status) => {
    const answer = await whoAmI(trusting, { headers: { ...vouched(ANNAS), 'sec-fetch-site': site } }, method);
    expect(answer.status).toBe(status);
  });
});
