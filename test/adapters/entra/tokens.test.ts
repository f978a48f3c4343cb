import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SIGNING_KEYS_KEPT_SECONDS, SIGNING_KEYS_PAUSE_SECONDS } from '../../../src/contracts/timing.ts';
import { ANNA, Authority, newPair, OTHERS, OTHER_TENANT, OWN, TENANT } from './sign-in.ts';

let authority: Authority;
beforeEach(async () => void (authority = await Authority.start()));
afterEach(() => authority.close());

const HOUR = 60 * 60 * 1000;
const PAUSE = SIGNING_KEYS_PAUSE_SECONDS * 1000;
const DOWN = () => ({ status: 503 });
const unavailable = { name: 'Transient', code: 'SigningKeysUnavailable' };

describe('what a token says', () => {
  it('[J01] is who its bearer is, in which tenant, with which roles, scopes and groups', async () => {
    const token = await authority.sign({
      scp: 'user_impersonation other',
      groups: ['DDDDDDDD-0000-4000-8000-000000000001'],
    });
    expect(await authority.tokens().check(token)).toEqual({
      ok: true,
      claims: {
        tenantId: TENANT,
        objectId: ANNA,
        kind: 'user',
        scopes: ['user_impersonation', 'other'],
        roles: ['Operator'],
        groups: ['dddddddd-0000-4000-8000-000000000001'],
        label: 'anna@contoso.example',
      },
    });
  });

  it('may be that an application acts for itself', async () => {
    const token = await authority.sign({
      scp: undefined,
      idtyp: 'app',
      roles: undefined,
      preferred_username: undefined,
    });
    expect(await authority.tokens().check(token)).toMatchObject({
      ok: true,
      claims: { kind: 'app', scopes: [], roles: [], groups: [], label: undefined },
    });
  });

  it.each([{ hasgroups: true }, { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'x' } } }])(
    'may be that there are more groups than fit: %j',
    async (overage) => {
      const check = await authority.tokens().check(await authority.sign({ groups: undefined, ...overage }));
      expect(check).toMatchObject({ ok: true, claims: { groups: undefined } });
    },
  );

  it('counts for a minute more than it says, and a minute before', async () => {
    const tokens = authority.tokens();
    const now = Math.floor(authority.clock.now() / 1000);
    const at = async (claims: object) => (await tokens.check(await authority.sign({ ...claims }))).ok;
    expect(await at({ exp: now - 59 })).toBe(true);
    expect(await at({ exp: now - 60 })).toBe(false);
    expect(await at({ nbf: now + 60, iat: now + 60 })).toBe(true);
    expect(await at({ nbf: now + 61 })).toBe(false);
    expect(await at({ iat: now + 61 })).toBe(false);
  });

  it('counts for one of several audiences; with none, for nothing', async () => {
    const token = await authority.sign({ aud: 'api://flotilla' });
    expect(await authority.tokens({ audiences: ['x', 'api://flotilla'] }).check(token)).toMatchObject({ ok: true });
    expect(await authority.tokens({ audiences: [] }).check(token)).toEqual({ ok: false, fault: 'WrongAudience' });
  });

  it('is read the same with a slash at the end of the authority', async () => {
    const tokens = authority.tokens({ authority: `${authority.url}/` });
    expect(await tokens.check(await authority.sign())).toMatchObject({ ok: true });
  });

  it('is nothing at all in any text: checked, refused, never thrown', async () => {
    const good = await authority.sign();
    const tokens = authority.tokens();
    const segment = fc.oneof(
      fc.base64String(),
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(segment, { maxLength: 6 }).map((parts) => parts.join('.')),
    );
    const broken = fc.tuple(fc.nat(good.length - 1), fc.constantFrom('A', 'b', '_', '.', ' ', '')).map(([at, char]) => {
      return good.slice(0, at) + char + good.slice(at + 1);
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, broken), async (token) => {
        if ((await tokens.check(token)).ok) expect(meaning(token)).toBe(meaning(good));
      }),
      { numRuns: 500 },
    );
  });
});

/** What is signed, to the letter, and the bytes of the signature: the last digit of its base64 has bits that stand for nothing. */
function meaning(token: string): string {
  const end = token.lastIndexOf('.');
  return token.slice(0, end) + Buffer.from(token.slice(end + 1), 'base64url').toString('hex');
}

describe('the keys of a tenant', () => {
  it('are asked for once, however many come at once', async () => {
    const tokens = authority.tokens();
    const token = await authority.sign();
    const checks = await Promise.all(Array.from({ length: 50 }, () => tokens.check(token)));
    expect(checks.every(({ ok }) => ok)).toBe(true);
    expect(authority.asked).toBe(1);
  });

  it('[J13] are asked for again for a key that is not among them: a key that was rotated in counts at once', async () => {
    const tokens = authority.tokens();
    await tokens.check(await authority.sign());
    const next = await newPair('next');
    authority.keys[TENANT] = [OWN.jwk, next.jwk];
    authority.clock.advance(PAUSE);
    expect(await tokens.check(await authority.sign({}, { kid: 'next' }, next.privateKey))).toMatchObject({ ok: true });
    expect(authority.asked).toBe(2);
  });

  it('[J13] are not asked for by ten thousand made-up key ids more than once each pause', async () => {
    const tokens = authority.tokens();
    await tokens.check(await authority.sign());
    authority.clock.advance(PAUSE);
    const madeUp = Array.from({ length: 10_000 }, (_, n) =>
      authority.forge({ alg: 'RS256', kid: `k${n}` }, {}, 'AAAA'),
    );
    const checks = await Promise.all(madeUp.map((token) => tokens.check(token)));
    expect(new Set(checks.map((check) => (check.ok ? 'ok' : check.fault)))).toEqual(new Set(['UnknownKey']));
    for (const token of madeUp.slice(0, 3)) await tokens.check(token);
    expect(authority.asked).toBe(2);
  });

  it('that are withdrawn count no more once they were read anew', async () => {
    const tokens = authority.tokens();
    expect((await tokens.check(await authority.sign())).ok).toBe(true);
    authority.keys[TENANT] = [OTHERS.jwk];
    authority.clock.advance(2 * HOUR);
    // The first call after an hour begins to read them and does not wait.
    expect((await tokens.check(await authority.sign())).ok).toBe(true);
    await expect.poll(async () => tokens.check(await authority.sign())).toEqual({ ok: false, fault: 'UnknownKey' });
  });

  it('[J23] are kept when the sign-in service is down, for a day', async () => {
    const tokens = authority.tokens();
    await tokens.check(await authority.sign());
    authority.answer = DOWN;
    authority.clock.advance(SIGNING_KEYS_KEPT_SECONDS * 1000);
    expect(await tokens.check(await authority.sign())).toMatchObject({ ok: true });
    authority.clock.advance(PAUSE);
    await expect(tokens.check(await authority.sign())).rejects.toMatchObject(unavailable);
  });

  it('[J23] that never could be read let nobody in and nobody out: 503, and a pause before they are asked for again', async () => {
    const tokens = authority.tokens();
    authority.answer = DOWN;
    await expect(tokens.check(await authority.sign())).rejects.toMatchObject(unavailable);
    await expect(tokens.check(await authority.sign())).rejects.toMatchObject(unavailable);
    expect(authority.asked).toBe(1);
    authority.answer = undefined;
    authority.clock.advance(PAUSE);
    expect(await tokens.check(await authority.sign())).toMatchObject({ ok: true });
  });

  it.each([
    ['no JSON', { status: 200, body: '<html>' }],
    ['JSON that is no key set', { status: 200, body: { keys: 'none' } }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['a megabyte', { status: 200, body: { keys: ['x'.repeat(1024 * 1024)] } }],
    ['an answer that breaks off', { byHand: (response: { destroy(): void }) => response.destroy() }],
  ] as const)('are not there when the answer is %s', async (_what, answer) => {
    authority.answer = () => answer;
    await expect(authority.tokens().check(await authority.sign())).rejects.toMatchObject(unavailable);
  });

  it('that cannot be used are passed over', async () => {
    const junk = [
      null,
      'x',
      {},
      { kty: 'oct', k: 'AAAA', kid: 'own' },
      { kty: 'RSA', kid: 'own', n: 'AQAB', e: 'AQAB' },
    ];
    authority.keys[TENANT] = [...junk, OWN.jwk];
    expect(await authority.tokens().check(await authority.sign())).toMatchObject({ ok: true });
  });

  it('[J14] that sign for another issuer prove nothing here', async () => {
    const issuer = (tenant: string) => `${authority.url}/${tenant}/v2.0`;
    const check = async (of: string) => {
      authority.keys[TENANT] = [{ ...OWN.jwk, issuer: of }];
      return (await authority.tokens().check(await authority.sign())).ok;
    };
    expect(await check(issuer(TENANT))).toBe(true);
    expect(await check(issuer('{tenantid}'))).toBe(true);
    expect(await check(issuer(OTHER_TENANT))).toBe(false);
  });
});
