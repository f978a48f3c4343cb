import { describe, expect, test } from 'vitest';
import { objectIdOf } from '../../local/entra/issuer.ts';
import type { EventJson, ProblemJson, RolloutJson } from './support/api.ts';
import { sharedCloud } from './support/cloud.ts';
import { COMMIT_A, requestOf } from './support/requests.ts';

const TEAM = objectIdOf('payments');
const shared = sharedCloud({
  speed: 40,
  fleet: { clusters: 8, subscriptions: 1, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
  auth: true,
  settings: {
    FLOTILLA_GRANTS: JSON.stringify([
      { name: 'payments', to: [`group:${TEAM}`], clusters: { tags: { ring: 'canary' } } },
      { name: 'platform', to: ['key:operator', 'key:approver'], clusters: {} },
    ]),
  },
});

type Headers = Record<string, string>;
const issue = async (name: string, roles: readonly string[], more: object = {}): Promise<Headers> => ({
  authorization: `Bearer ${await shared.cloud.access!.issuer.issue({ name, roles, ...more })}`,
});
const keyOf = (role: 'Reader' | 'Operator' | 'Approver'): Headers => ({
  'x-functions-key': shared.cloud.access!.keys[role],
});
const get = (headers: Headers, path = '/rollouts') => shared.api.call<ProblemJson>('GET', path, undefined, headers);

describe('a local cloud that asks who calls', () => {
  test('lets in whom it knows, by token and by key, and says who they were', async () => {
    const { api, cloud } = shared;
    const request = requestOf({
      name: 'asked',
      commit: COMMIT_A,
      stages: [{ name: 'all', gates: { before: { approval: {} } } }],
    });
    const { body: submitted } = await api.call<RolloutJson>('POST', '/rollouts', request, keyOf('Operator'));
    expect(submitted).toMatchObject({ createdBy: 'operator' });
    const approve = (headers: Headers) => api.command(submitted.id, 'approve', {}, headers);
    await expect
      .poll(async () => (await approve(keyOf('Operator'))).body.code, { timeout: 20_000 })
      .toBe('RoleMissing');
    await expect.poll(async () => (await approve(keyOf('Approver'))).status, { timeout: 20_000 }).toBe(200);
    const admin = await issue('ada', ['Admin']);
    expect((await api.command(submitted.id, 'cancel', { reason: 'enough' }, admin)).status).toBe(200);
    const events = await api.call<{ items: EventJson[] }>('GET', `/rollouts/${submitted.id}/events`, undefined, admin);
    expect(events.body.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'ApprovalGiven', by: 'approver' }),
        expect.objectContaining({ type: 'CancelRequested', by: 'ada@local.example', byId: objectIdOf('ada') }),
      ]),
    );
    expect(cloud.access?.issuer.authority).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  test('refuses everybody else: nobody, made-up tokens and principals, keys in the URL, tokens of the wrong role', async () => {
    const made = Buffer.from('{"alg":"none"}').toString('base64url');
    const twice = (await issue('ada', ['Admin']))['authorization']!;
    const strangers: readonly (readonly [Headers, string])[] = [
      [{}, '/rollouts'],
      [{ authorization: `Bearer ${made}.${made}.` }, '/rollouts'],
      [{ authorization: `${twice}, ${twice}` }, '/rollouts'],
      [{ 'x-functions-key': 'k'.repeat(56) }, '/rollouts'],
      [{ 'x-ms-client-principal': Buffer.from('{"auth_typ":"aad","claims":[]}').toString('base64') }, '/rollouts'],
      [{}, `/rollouts?code=${shared.cloud.access!.keys.Admin}`],
    ];
    for (const [headers, path] of strangers) {
      const answer = await get(headers, path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="flotilla"/);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
    expect((await get({}, '/health')).status).toBe(200);
    expect((await get(await issue('rita', ['Reader']))).status).toBe(200);
    const tooLittle = await shared.api.call<ProblemJson>('PUT', '/hooks/x', {}, await issue('otto', ['Operator']));
    expect(tooLittle).toMatchObject({ status: 403, body: { code: 'RoleMissing' } });
    expect(tooLittle.body.detail).toContain('This needs the role Admin. You have Operator;');
  });

  test('keeps a team to its clusters', async () => {
    const team = await issue('tess', ['Operator'], { groups: [TEAM] });
    const whole = requestOf({ name: 'beyond', commit: COMMIT_A, stages: [{ name: 'all' }] });
    const answer = await shared.api.call<ProblemJson>('POST', '/rollouts?dryRun=true', whole, team);
    expect(answer).toMatchObject({ status: 403, body: { code: 'OutsideGrants' } });
    expect(answer.body.detail).toContain('Your grants: payments');
    const target = { selector: { tags: { ring: 'canary' } } };
    const own = requestOf({ name: 'within', commit: COMMIT_A, stages: [{ name: 'all' }], target });
    expect((await shared.api.call('POST', '/rollouts?dryRun=true', own, team)).status).toBe(200);
  });

  test('issues a token to whoever asks its issuer', async () => {
    const token = await fetch(`${shared.cloud.access!.issuer.authority}/token?role=Reader&name=kim`);
    expect((await get({ authorization: `Bearer ${(await token.text()).trim()}` })).status).toBe(200);
  });
});
