import { describe, expect, it } from 'vitest';
import * as definitions from '../../src/http/definitions.ts';
import { route } from '../../src/http/route.ts';
import { commitOf, DefinitionBench, pushTo } from '../app/definitions/support.ts';
import { URL as REPOSITORY_URL } from '../app/definitions/records.ts';
import { rawConfiguration } from '../core/clusters.ts';
import { MINUTE, SECOND } from '../app/support.ts';
import { call, edgeOf, type Sent } from './support.ts';

const [A, B] = [commitOf(1), commitOf(2)];
const HEADERS = { 'content-type': 'application/json' };
const shop = {
  follows: { repository: REPOSITORY_URL, branch: 'main' },
  rollout: { change: { configurations: [rawConfiguration()] }, strategy: { stages: [{ name: 'all' }] } },
};

function app(clusters = 2) {
  const bench = new DefinitionBench(Array.from({ length: clusters }, () => ({ agent: { syncMs: MINUTE } })));
  const edge = edgeOf(bench.deps);
  const at = (handle: Parameters<typeof route>[2], sent: Sent = {}, params: Record<string, string> = {}) =>
    call(
      route(() => edge, 'Reader', handle),
      { headers: HEADERS, ...sent, params: { name: 'shop', ...params } },
    );
  const put = (body: unknown, name = 'shop') =>
    at(definitions.putOneDefinition, { body: JSON.stringify(body) }, { name });
  const send = (handle: Parameters<typeof route>[2], body: unknown, params: Record<string, string> = {}) =>
    at(handle, { body: JSON.stringify(body) }, params);
  return { bench, at, put, send };
}

describe('definitions over HTTP', () => {
  it('are created, changed, read, listed and deleted', async () => {
    const { bench, at, put } = app();
    const created = await put(shop);
    expect(created).toMatchObject({ status: 201, headers: { location: '/api/definitions/shop' } });
    expect((await put(shop)).status).toBe(200);
    expect(await put({ ...shop, debounce: '1m' })).toMatchObject({ status: 200, json: { version: 2 } });
    const read = (await at(definitions.getOneDefinition)).json;
    expect(read).toMatchObject({
      name: 'shop',
      version: 2,
      repository: 'git.example/shop',
      definition: { follows: { branch: 'main' }, debounce: 60, onNewRevision: 'queue', autoStart: true },
      holds: [],
      refs: [],
      changedBy: 'local',
    });
    // What is shown can be put as it is.
    expect(await put(read['definition'])).toMatchObject({ status: 200, json: { version: 2 } });
    expect((await at(definitions.getDefinitions)).json).toMatchObject({
      items: [{ name: 'shop', version: 2, repository: 'git.example/shop', branch: 'main', holds: 0 }],
    });
    await bench.push(pushTo(A, { before: null }));
    await bench.settle(80 * SECOND);
    const [rollout] = await bench.rollouts();
    expect(await at(definitions.deleteOneDefinition)).toMatchObject({
      status: 200,
      json: { state: 'Deleted', rolloutsThatGoOn: [rollout!.id] },
    });
    for (const handle of [definitions.getOneDefinition, definitions.deleteOneDefinition, definitions.getDecisions]) {
      expect(await at(handle)).toMatchObject({ status: 404, json: { code: 'DefinitionNotFound' } });
    }
  });

  it('answer problems that name the field', async () => {
    const { put } = app();
    expect(await put({ ...shop, follows: { repository: REPOSITORY_URL } })).toMatchObject({
      status: 400,
      json: { code: 'InvalidDefinition', errors: [{ field: 'follows' }] },
    });
    expect(await put({ ...shop, follows: { repository: 'nonsense', branch: 'main' } })).toMatchObject({
      status: 400,
      json: { code: 'InvalidRepository', errors: [{ field: 'follows.repository' }] },
    });
    expect(await put({ ...shop, rollout: { ...shop.rollout, name: 'mine' } })).toMatchObject({
      json: { code: 'InvalidDefinition', errors: [{ field: 'rollout.name', code: 'UnknownField' }] },
    });
    expect(await put(shop, 'Not-A-Name')).toMatchObject({ status: 400, json: { code: 'InvalidDefinitionName' } });
  });

  it('show their versions', async () => {
    const { at, put } = app();
    await put(shop);
    await put({ ...shop, debounce: '1m' });
    const { items } = (await at(definitions.getVersions)).json as { items: object[] };
    expect(items).toMatchObject([
      { version: 2, by: 'local' },
      { version: 1, by: 'local' },
    ]);
    expect(items[0]).not.toHaveProperty('definition');
    const first = await at(definitions.getOneVersion, {}, { version: '1' });
    expect(first).toMatchObject({ status: 200, json: { version: 1, definition: { debounce: 10 } } });
    for (const version of ['3', '01', 'x']) {
      const missing = await at(definitions.getOneVersion, {}, { version });
      expect(missing).toMatchObject({ status: 404, json: { code: 'VersionNotFound' } });
    }
  });

  it('show what was decided, page by page', async () => {
    const { bench, at, put } = app();
    await put(shop);
    await bench.push(pushTo(A, { before: null }), pushTo(B, { before: A }));
    const query = (path: string) => at(definitions.getDecisions, { path: `/api/definitions/shop/decisions${path}` });
    const first = (await query('?limit=2')).json as { items: object[]; continuation: string };
    expect(first.items).toMatchObject([
      { code: 'Pending', commit: B, at: expect.stringMatching(/Z$/) as string },
      { code: 'Replaced', commit: A },
    ]);
    const rest = (await query(`?limit=2&continuation=${first.continuation}`)).json;
    expect(rest).toMatchObject({ items: [{ code: 'Pending', commit: A }] });
    expect(rest).not.toHaveProperty('continuation');
    expect(await query('?limit=0')).toMatchObject({ status: 400, json: { code: 'InvalidQuery' } });
    expect(await query('?continuation=x')).toMatchObject({ status: 400, json: { code: 'InvalidContinuation' } });
  });

  it('hold revisions back, with a reason, and let them go', async () => {
    const { bench, at, put, send } = app();
    await put(shop);
    const hold = (body: unknown, revision = A) => send(definitions.putHold, body, { revision });
    expect(await hold({ reason: 'breaks the login' })).toMatchObject({
      status: 201,
      json: { revision: A, reason: 'breaks the login', by: 'local' },
    });
    expect((await hold({ reason: 'still does' })).status).toBe(200);
    expect(await hold({})).toMatchObject({ status: 400, json: { code: 'InvalidHold', errors: [{ field: 'reason' }] } });
    expect(await hold({ reason: 'x' }, 'main')).toMatchObject({ status: 400, json: { code: 'InvalidRevision' } });
    await bench.push(pushTo(A, { before: null }));
    await bench.settle();
    expect((await at(definitions.getOneDefinition)).json).toMatchObject({
      holds: [{ revision: A, reason: 'still does' }],
      pending: {
        revision: { commit: A },
        waiting: { code: 'OnHold', detail: expect.stringContaining('still does') as string },
      },
    });
    const lift = (revision: string) => at(definitions.deleteHold, {}, { revision });
    expect(await lift(B)).toMatchObject({ status: 404, json: { code: 'HoldNotFound' } });
    expect(await lift(A)).toMatchObject({ status: 200, json: { state: 'Lifted' } });
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await send(definitions.putHold, { reason: 'x' }, { name: 'gone', revision: A })).toMatchObject({
      status: 404,
    });
    expect(await at(definitions.deleteHold, {}, { name: 'gone', revision: A })).toMatchObject({ status: 404 });
  });

  it('hold a hundred revisions back at the most', async () => {
    const { put, send } = app();
    await put(shop);
    for (let n = 0; n < 100; n++) await send(definitions.putHold, { reason: 'x' }, { revision: commitOf(n) });
    const full = await send(definitions.putHold, { reason: 'x' }, { revision: commitOf(100) });
    expect(full).toMatchObject({ status: 409, json: { code: 'TooManyHolds' } });
    expect((await send(definitions.putHold, { reason: 'y' }, { revision: commitOf(5) })).status).toBe(200);
  });

  it('start a revision for a person who says why', async () => {
    const { bench, put, send } = app();
    await put(shop);
    expect(await send(definitions.postStart, { revision: A })).toMatchObject({
      status: 400,
      json: { code: 'InvalidStart' },
    });
    const started = await send(definitions.postStart, { revision: A, reason: 'back to where it worked' });
    expect(started).toMatchObject({ status: 202, json: { pending: { revision: { commit: A }, startedBy: 'local' } } });
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
  });
});

describe('what revision is where', () => {
  it('counts clusters by what they were last brought to, and shows the rollout at work', async () => {
    const { bench, at, put } = app(3);
    await put({ ...shop, rollout: { ...shop.rollout, strategy: { maxConcurrency: 3, stages: [{ name: 'all' }] } } });
    const fleet = async () => (await at(definitions.getOneDefinition)).json['fleet'];
    expect(await fleet()).toEqual({ revisions: [], rolloutsNotShown: 0 });
    await bench.push(pushTo(A, { before: null }));
    await bench.settle();
    const [first] = await bench.rollouts();
    const onA = { commit: A, ref: 'main', rolloutId: first!.id };
    expect(await fleet()).toMatchObject({ revisions: [{ ...onA, clusters: 3, isTarget: true }] });
    const mine = await bench.submit({ target: { selector: { names: ['c2'] } } });
    await bench.run(mine.id);
    await bench.push(pushTo(B, { before: A }));
    await bench.settle(40 * SECOND);
    const second = (await bench.rollouts()).at(-1)!;
    expect(await fleet()).toMatchObject({
      revisions: [
        { ...onA, clusters: 2, isTarget: false },
        { rollout: 'shop', rolloutId: mine.id, clusters: 1 },
      ],
      running: { rolloutId: second.id, commit: B, status: 'Running', clusters: 3, counts: { inFlight: 3 } },
    });
    await bench.settle();
    expect(await fleet()).toEqual({
      revisions: [{ commit: B, ref: 'main', rolloutId: second.id, clusters: 3, isTarget: true }],
      rolloutsNotShown: 0,
    });
  });
});
