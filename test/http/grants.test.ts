import { describe, expect, it } from 'vitest';
import { receiveRequest } from '../../src/app/receive-request.ts';
import { Grant } from '../../src/contracts/grant.ts';
import type { Role } from '../../src/contracts/roles.ts';
import * as definitions from '../../src/http/definitions.ts';
import * as policies from '../../src/http/policies.ts';
import * as rollouts from '../../src/http/rollouts.ts';
import { route } from '../../src/http/route.ts';
import type { TokenClaims } from '../../src/ports/tokens.ts';
import { commitOf, DefinitionBench, pushTo } from '../app/definitions/support.ts';
import { bench as bindingBench } from '../app/bindings/support.ts';
import { Bench, idOf, MINUTE, SECOND } from '../app/support.ts';
import { rawRequest } from '../core/clusters.ts';
import { call, edgeOf, OFF, type Sent } from './support.ts';

const oidOf = (n: number): string => `cccccccc-0000-4000-8000-00000000000${n}`;
const TEAM = oidOf(9);
const GRANTS = [
  { name: 'pay', to: [`group:${TEAM}`], clusters: { names: ['c0', 'c1'] } },
  { name: 'web', to: ['key:web'], definitions: ['shop*'] },
  { name: 'queue', to: ['queue:requests'], clusters: { names: ['c2'] } },
].map((grant) => Grant.parse(grant));

/** A caller is written as who, roles, and the groups they are in; the token says so. */
interface Caller {
  readonly oid: string;
  readonly label: string;
  readonly roles: readonly Role[];
  readonly groups?: readonly string[] | 'too many';
}
const team: Caller = { oid: oidOf(1), label: 'tess', roles: ['Operator', 'Approver'], groups: [TEAM] };
const stranger: Caller = { oid: oidOf(2), label: 'sam', roles: ['Operator', 'Approver'] };
const admin: Caller = { oid: oidOf(3), label: 'ada', roles: ['Admin'] };

function edge(bench: Bench, { oid, label, roles, groups = [] }: Caller) {
  const claims: TokenClaims = {
    ...{ tenantId: TEAM, objectId: oid, kind: 'user', scopes: ['user_impersonation'], roles, label },
    groups: groups === 'too many' ? undefined : groups,
  };
  return edgeOf(bench.deps, {
    ...OFF,
    isOff: false,
    tokens: { check: async () => ({ ok: true, claims }) },
    grants: GRANTS,
  });
}

/** Calls a handler as somebody. */
function as(bench: Bench, caller: Caller, handle: Parameters<typeof route>[2], sent: Sent = {}) {
  const headers = { authorization: 'Bearer token', 'content-type': 'application/json' };
  return call(
    route(() => edge(bench, caller), 'Reader', handle),
    { headers, ...sent },
  );
}

const rolloutOver = (...names: string[]): Sent => ({
  body: JSON.stringify(rawRequest({ target: { selector: { names } } })),
});
const four = () => new Bench([{}, {}, {}, {}]);

describe('a rollout', () => {
  it('over clusters that are granted starts', async () => {
    expect((await as(four(), team, rollouts.postRollout, rolloutOver('c0', 'c1'))).status).toBe(202);
  });

  it('that reaches beyond is refused, naming clusters and grants; nothing is stored', async () => {
    const bench = four();
    const answer = await as(bench, team, rollouts.postRollout, rolloutOver('c*'));
    expect(answer).toMatchObject({ status: 403, json: { code: 'OutsideGrants' } });
    expect(answer.json['detail']).toBe(
      `2 of 4 clusters are outside of what you may change: ${idOf('c2')}, ${idOf('c3')}. Your grants: pay (setting FLOTILLA_GRANTS).`,
    );
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
  });

  it('that reaches beyond is refused as a dry run too', async () => {
    const sent = { ...rolloutOver('c*'), path: '/api/rollouts?dryRun=true' };
    expect(await as(four(), team, rollouts.postRollout, sent)).toMatchObject({ status: 403 });
    expect(await as(four(), admin, rollouts.postRollout, sent)).toMatchObject({ status: 200 });
  });

  it('names the first clusters only', async () => {
    const bench = new Bench(Array.from({ length: 9 }, () => ({})));
    const { json } = await as(bench, stranger, rollouts.postRollout, rolloutOver('c*'));
    expect(json['detail']).toContain(`${idOf('c4')} and 4 more. No grant names you`);
  });

  it('is open to an admin, and to everybody where there are no grants', async () => {
    expect((await as(four(), admin, rollouts.postRollout, rolloutOver('c*'))).status).toBe(202);
    const bench = four();
    const open = route(
      () => edgeOf(bench.deps, { ...edge(bench, stranger).access, grants: undefined }),
      'Operator',
      rollouts.postRollout,
    );
    const headers = { authorization: 'Bearer token', 'content-type': 'application/json' };
    expect((await call(open, { headers, ...rolloutOver('c*') })).status).toBe(202);
  });

  it('says that groups are not known, where that is why', async () => {
    const gus: Caller = { oid: oidOf(4), label: 'gus', roles: ['Operator'], groups: 'too many' };
    const answer = await as(four(), gus, rollouts.postRollout, rolloutOver('c0'));
    expect(answer).toMatchObject({ status: 403, json: { code: 'OutsideGrants' } });
    expect(answer.json['detail']).toContain('Your token does not list your groups');
  });
});

describe('commands', () => {
  async function running(...names: string[]) {
    const bench = four();
    const { json } = await as(bench, admin, rollouts.postRollout, rolloutOver(...names));
    const command = (caller: Caller, kind: string, id = String(json['id'])) =>
      as(bench, caller, rollouts.postCommand, { params: { id, command: kind }, body: '{}' });
    return { command };
  }

  it.each(['pause', 'cancel', 'approve'])('%s is refused to whom the rollout does not concern', async (kind) => {
    const { command } = await running('c1', 'c2');
    expect(await command(team, kind)).toMatchObject({ status: 403, json: { code: 'OutsideGrants' } });
  });

  it('are taken of those who may change all of its clusters', async () => {
    const { command } = await running('c0', 'c1');
    expect((await command(team, 'pause')).status).toBe(200);
    expect((await command(stranger, 'resume')).status).toBe(403);
    expect((await command(admin, 'resume')).status).toBe(200);
  });

  it('on a rollout that is not there are 404 for everybody', async () => {
    const { command } = await running('c0');
    expect((await command(team, 'pause', 'x')).status).toBe(404);
  });
});

describe('who acts is told apart by object id', () => {
  const gated = { strategy: { stages: [{ name: 'all', gates: { before: { approval: { quorum: 2 } } } }] } };

  it('so the requester may not approve under another name, and nobody twice', async () => {
    const bench = four();
    const { json } = await as(bench, team, rollouts.postRollout, {
      body: JSON.stringify(rawRequest({ ...gated, target: { selector: { names: ['c0'] } } })),
    });
    const id = String(json['id']);
    const approve = (caller: Caller) =>
      as(bench, caller, rollouts.postCommand, { params: { id, command: 'approve' }, body: '{}' });
    await bench.run(id, MINUTE);
    expect(await approve({ ...team, label: 'somebody else' })).toMatchObject({
      status: 403,
      json: { code: 'RequesterMayNotApprove' },
    });
    const other: Caller = { ...team, oid: oidOf(5), label: 'tess' };
    expect((await approve(other)).status).toBe(200);
    expect(await approve({ ...other, label: 'renamed' })).toMatchObject({
      status: 409,
      json: { code: 'AlreadyApproved' },
    });
    const events = (await as(bench, team, rollouts.getRolloutEvents, { method: 'GET', params: { id } })).json['items'];
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'RolloutSubmitted', by: 'tess', byId: team.oid }),
        expect.objectContaining({ type: 'ApprovalGiven', by: 'tess', byId: other.oid }),
      ]),
    );
  });

  it.each([
    { status: 'Running' },
    { actor: { kind: 'user', name: 'x' } },
    { createdBy: 'x' },
    { approvedBy: 'x' },
    { tenantId: 'x' },
  ])('[A05] and never by what a request says: %j', async (more) => {
    const body = JSON.stringify({ ...rawRequest(), ...more });
    expect(await as(four(), admin, rollouts.postRollout, { body })).toMatchObject({ status: 400 });
  });
});

describe('definitions', () => {
  const hold = { body: JSON.stringify({ reason: 'broken' }), params: { name: 'shop', revision: commitOf(1) } };
  const start = { body: JSON.stringify({ reason: 'again' }), params: { name: 'shop' } };
  const web = { ...OFF, isOff: false, grants: GRANTS };

  async function shop(selector: object) {
    const bench = new DefinitionBench([{}, {}, {}, {}]);
    const { name: _name, ...rollout } = rawRequest({ target: { selector } });
    await bench.put({ rollout });
    await bench.push(pushTo(commitOf(1)));
    return bench;
  }

  it('are started and held by those who may change all of their clusters', async () => {
    const bench = await shop({ names: ['c0'] });
    expect((await as(bench, team, definitions.putHold, hold)).status).toBe(201);
    expect((await as(bench, team, definitions.deleteHold, hold)).status).toBe(200);
    expect((await as(bench, team, definitions.postStart, start)).status).toBe(202);
  });

  it.each([
    ['reach beyond', {}],
    ['select nothing at present', { names: ['nobody'] }],
  ])('are left alone by others: they %s', async (_what, selector) => {
    const bench = await shop(selector);
    for (const [handle, sent] of [
      [definitions.putHold, hold],
      [definitions.deleteHold, hold],
      [definitions.postStart, start],
    ] as const) {
      expect(await as(bench, team, handle, sent)).toMatchObject({ status: 403, json: { code: 'OutsideGrants' } });
    }
  });

  it('are also started, and their rollouts steered, by those to whom they are granted by name', async () => {
    const bench = await shop({});
    const key = { name: 'web', role: 'Operator', sha256: bench.deps.digest.sha256('w'.repeat(32)) } as const;
    const asWeb = (handle: Parameters<typeof route>[2], sent: Sent) =>
      call(
        route(() => edgeOf(bench.deps, { ...web, keys: [key] }), 'Operator', handle),
        { headers: { 'x-functions-key': 'w'.repeat(32), 'content-type': 'application/json' }, ...sent },
      );
    expect((await asWeb(definitions.postStart, start)).status).toBe(202);
    await bench.settle(20 * SECOND);
    const [started] = await bench.rollouts();
    const pause = { params: { id: started!.id, command: 'pause' }, body: '{}' };
    expect((await asWeb(rollouts.postCommand, pause)).status).toBe(200);
    expect((await asWeb(rollouts.postRollout, rolloutOver('c0'))).status).toBe(403);
  });
});

it('the brake of a binding is taken off only by those who may change all of its clusters', async () => {
  const bench = bindingBench(4);
  await bench.put({ selector: { names: ['c1', 'c2'] } }, 'both');
  await bench.put({ selector: { names: ['c0'] } }, 'own');
  const resume = (name: string) =>
    as(bench, team, policies.postResume, { params: { name }, body: JSON.stringify({ reason: 'looked at it' }) });
  expect(await resume('both')).toMatchObject({ status: 403, json: { code: 'OutsideGrants' } });
  expect(await resume('own')).toMatchObject({ status: 409, json: { code: 'BrakeNotOn' } });
  expect(await resume('none')).toMatchObject({ status: 404 });
});

describe('messages of the queue', () => {
  async function receive(...names: string[]) {
    const bench = four();
    const settled: string[] = [];
    const inbox = {
      complete: async () => void settled.push('completed'),
      deadLetter: async (_token: string, { reason }: { reason: string }) => void settled.push(reason),
    };
    const body = rawRequest({ target: { selector: { names } } });
    await receiveRequest(bench.deps, inbox, { body, messageId: 'm1', lockToken: 't' }, GRANTS);
    return settled;
  }

  it('may ask for what is granted to the queue, and die of anything else', async () => {
    expect(await receive('c2')).toEqual(['completed']);
    expect(await receive('c2', 'c3')).toEqual(['OutsideGrants']);
  });
});
