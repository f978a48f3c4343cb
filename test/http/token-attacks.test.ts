import { SignJWT } from 'jose';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Principal } from '../../src/contracts/principal.ts';
import { json, route } from '../../src/http/route.ts';
import { ANNA, Authority, STRANGERS, TENANT } from '../adapters/entra/sign-in.ts';
import { startHttpFixture } from '../adapters/http-fixture.ts';
import { Bench } from '../app/support.ts';
import { call, edgeOf, OFF, type Sent } from './support.ts';
import { attacksOn, UNFIT_KEYS } from './token-attacks.ts';

const authority = await Authority.start();
/** Where an attacker would like us to look for keys. */
const trap = await startHttpFixture(() => ({ status: 200, body: { keys: [STRANGERS.jwk] } }));
authority.keys[TENANT]?.push(...UNFIT_KEYS);
afterAll(async () => {
  await authority.close();
  await trap.close();
});

const reached = vi.fn();
beforeEach(() => reached.mockClear());
const bench = new Bench([]);
const keys = [{ name: 'ci', role: 'Operator', sha256: bench.deps.digest.sha256('k'.repeat(32)) }] as const;

/** Sends a request to a route that needs an operator; `reached` hears of every call that gets through. */
function send(sent: Sent) {
  const edge = edgeOf(bench.deps, { ...OFF, isOff: false, tokens: authority.tokens(), keys });
  const handler = route(
    () => edge,
    'Operator',
    async ({ actor }) => {
      reached(actor);
      return json({});
    },
  );
  return call(handler, sent);
}
const bearer = (token: string): Sent => ({ headers: { authorization: `Bearer ${token}` } });

const ATTACKS = Object.entries(attacksOn(authority, trap.endpoint)).flatMap(([reason, attacks]) =>
  Object.entries(attacks).map(([what, forge]) => [what, reason, forge] as const),
);

describe('a forged token', () => {
  it.each(ATTACKS)('%s is refused: %s', async (_what, reason, forge) => {
    // Made-up key ids have the keys read again, which takes a pause.
    authority.clock.advance(60_000);
    const answer = await send(bearer(await forge()));
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'InvalidToken', status: 401, title: 'Unauthorized' });
    expect(answer.json['detail']).toBe(
      `The token is not accepted: ${reason}. docs/access.md says what each reason means.`,
    );
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'www-authenticate': `Bearer realm="flotilla", error="invalid_token", error_description="${reason}"`,
    });
    expect(reached).not.toHaveBeenCalled();
  });

  it('[J19] never makes us ask anybody else for keys', () => {
    expect(trap.requests).toEqual([]);
  });

  it('is one of more than fifty', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(50);
  });
});

describe('a token that is what it says, of somebody who may not', () => {
  const refused = (code: string) => ({ status: 403, json: { code, status: 403 } });
  const challenge = { 'www-authenticate': 'Bearer realm="flotilla", error="insufficient_scope"' };

  it.each([
    ['J16', 'through an application that may not act for people here', { scp: 'openid' }, 'ScopeMissing'],
    ['J17', 'an application without a role', { scp: undefined, idtyp: 'app', roles: [] }, 'RoleMissing'],
    ['J17', 'a person without a role', { roles: undefined }, 'RoleMissing'],
    [
      'J18',
      'an admin by name only',
      { roles: [], email: 'admin@contoso.example', upn: 'Admin', wids: ['Admin'] },
      'RoleMissing',
    ],
    ['J18', 'a role in other letters', { roles: ['operator', 'ADMIN', 'Admin '] }, 'RoleMissing'],
    [
      'J18',
      'a role by group or scope',
      { roles: [], groups: ['Admin'], scp: 'user_impersonation Admin' },
      'RoleMissing',
    ],
    ['A03', 'a reader', { roles: ['Reader'] }, 'RoleMissing'],
    ['A03', 'an approver', { roles: ['Approver'] }, 'RoleMissing'],
  ])('[%s] %s is told so', async (_case, _what, changes, code) => {
    const answer = await send(bearer(await authority.sign(changes)));
    expect(answer).toMatchObject({ ...refused(code), headers: challenge });
    expect(reached).not.toHaveBeenCalled();
  });

  it('is told which role it takes, and which they have', async () => {
    const { json: problem } = await send(bearer(await authority.sign({ roles: ['Reader', 'Approver'] })));
    expect(problem['detail']).toContain('This needs the role Operator. You have Reader, Approver;');
  });
});

describe('a token in another place, or beside something else', () => {
  const KEY = { 'x-functions-key': 'k'.repeat(32) };

  it.each([
    ['nowhere', (): Sent => ({}), 'AuthenticationRequired'],
    [
      '[J20] in the query',
      (token: string): Sent => ({ path: `/api/rollouts?access_token=${token}` }),
      'AuthenticationRequired',
    ],
    [
      '[J20] twice',
      (token: string): Sent => ({ headers: { authorization: `Bearer ${token}, Bearer ${token}` } }),
      'InvalidToken',
    ],
    ['without its scheme', (token: string): Sent => ({ headers: { authorization: token } }), 'InvalidToken'],
    ['as a password', (token: string): Sent => ({ headers: { authorization: `Basic ${token}` } }), 'InvalidToken'],
    ['empty', (): Sent => ({ headers: { authorization: 'Bearer ' } }), 'InvalidToken'],
    [
      'in a cookie',
      (token: string): Sent => ({ headers: { cookie: `AppServiceAuthSession=${token}` } }),
      'AuthenticationRequired',
    ],
    [
      'beside an API key',
      (token: string): Sent => ({ headers: { authorization: `Bearer ${token}`, ...KEY } }),
      'TwoCredentials',
    ],
  ])('%s', async (_where, sent, code) => {
    const answer = await send(sent(await authority.sign()));
    expect(answer).toMatchObject({ status: 401, json: { code } });
    expect(answer.headers).toHaveProperty('www-authenticate');
    expect(reached).not.toHaveBeenCalled();
  });

  it('[J01] in its place lets its bearer in', async () => {
    expect((await send(bearer(await authority.sign()))).status).toBe(200);
    const actor: Principal['actor'] = { kind: 'user', name: ANNA, label: 'anna@contoso.example' };
    expect(reached).toHaveBeenCalledExactlyOnceWith(actor);
  });

  it('shows a name without what would turn or move text', async () => {
    await send(bearer(await authority.sign({ preferred_username: ' an\u0000na\u202e\r\n\u200b ' })));
    expect(reached).toHaveBeenCalledExactlyOnceWith({ kind: 'user', name: ANNA, label: 'anna' });
  });

  it('[J23] waits for another try while the keys cannot be read', async () => {
    const token = await authority.sign();
    authority.answer = () => ({ status: 500 });
    const answer = await send(bearer(token));
    authority.answer = undefined;
    expect(answer).toMatchObject({ status: 503, json: { code: 'Unavailable' }, headers: { 'retry-after': '10' } });
    expect(reached).not.toHaveBeenCalled();
  });
});

it('nothing of the library that checks tokens is told', async () => {
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'RS256' }).sign(STRANGERS.privateKey);
  const { json: problem } = await send(bearer(token));
  expect(JSON.stringify(problem)).not.toMatch(/jose|jwt|jws|jwk|claim"/i);
});
