import { describe, expect, it } from 'vitest';
import { Transient } from '../../src/contracts/errors.ts';
import { traceOf } from '../../src/core/telemetry/rollout-trace.ts';
import { getClusters } from '../../src/http/clusters.ts';
import * as rollouts from '../../src/http/rollouts.ts';
import { json, route } from '../../src/http/route.ts';
import { Bench } from '../app/support.ts';
import { rawRequest } from '../core/clusters.ts';
import { call, edgeOf, type Sent } from './support.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const body = JSON.stringify(rawRequest());

function app(clusters = 2) {
  const bench = new Bench(Array.from({ length: clusters }, () => ({})));
  const edge = edgeOf(bench.deps);
  const at = (handle: Parameters<typeof route>[2], sent: Sent) =>
    call(
      route(() => edge, 'Reader', handle),
      sent,
    );
  const post = (headers: Record<string, string> = {}, path?: string) =>
    at(rollouts.postRollout, { body, headers: { ...JSON_TYPE, ...headers }, ...(path && { path }) });
  return { bench, at, post };
}

describe('POST /api/rollouts', () => {
  it('answers 202 with the rollout and where it is', async () => {
    const { post } = app();
    const { status, headers, json: rollout } = await post();
    expect(status).toBe(202);
    expect(rollout).toMatchObject({
      name: 'shop',
      status: 'Planning',
      clusters: 2,
      change: ['ensure the extension', 'apply shop'],
    });
    expect(headers).toMatchObject({
      location: `/api/rollouts/${String(rollout['id'])}`,
      'x-correlation-id': 'invocation-1',
    });
  });

  it('answers 200 with the same rollout when the idempotency key is known', async () => {
    const { post } = app();
    const first = await post({ 'idempotency-key': 'k1' });
    const second = await post({ 'idempotency-key': 'k1' });
    expect([first.status, second.status, second.json['id']]).toEqual([202, 200, first.json['id']]);
  });

  it.each(['with space', 'x'.repeat(129), 'ä'])('refuses the idempotency key %j', async (key) => {
    const { at } = app();
    const odd = { ...JSON_TYPE, 'idempotency-key': key };
    // Headers take only Latin-1; what arrives otherwise never reaches us.
    expect((await at(rollouts.postRollout, { body, headers: odd })).json).toMatchObject({
      status: 400,
      code: 'InvalidIdempotencyKey',
    });
  });

  it('with dryRun=true shows the plan and stores nothing', async () => {
    const { bench, post } = app();
    const { status, json: plan } = await post({}, '/api/rollouts?dryRun=true');
    expect([status, plan['dryRun'], plan['clusters']]).toEqual([200, true, 2]);
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
  });

  it('with any other dryRun is refused, not run', async () => {
    const { bench, post } = app();
    expect((await post({}, '/api/rollouts?dryRun=yes')).json).toMatchObject({ status: 400, code: 'InvalidQuery' });
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
  });
});

describe('a problem', () => {
  it('is a problem document with code, field and correlation', async () => {
    const { at } = app();
    const answer = await at(rollouts.postRollout, {
      body: JSON.stringify({ ...rawRequest(), foo: 1 }),
      headers: JSON_TYPE,
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-correlation-id': 'invocation-1',
    });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        type: 'about:blank',
        title: 'Bad request',
        status: 400,
        code: 'InvalidRolloutRequest',
        correlationId: 'invocation-1',
        errors: [{ field: 'foo', code: 'UnknownField' }],
      },
    });
  });

  it('that passes by itself is 503 with Retry-After, and tells nothing about the inside', async () => {
    const { at } = app();
    const answer = await at(
      () => Promise.reject(new Transient('TableServerBusy', 'account flotilla42 is busy', 2500)),
      {},
    );
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '3' }, json: { code: 'Unavailable' } });
    expect(JSON.stringify(answer.json)).not.toContain('flotilla42');
  });

  it('that nobody foresaw is 500, and tells nothing about the inside', async () => {
    const { at } = app();
    const answer = await at(() => Promise.reject(new TypeError('secret inside')), {});
    expect(answer).toMatchObject({ status: 500, json: { code: 'InternalError' } });
    expect(JSON.stringify(answer)).not.toContain('secret inside');
  });

  it('keeps what the handler said about headers', async () => {
    const { at } = app();
    expect(await at(async () => json({}, 201, { etag: 'x' }), {})).toMatchObject({
      status: 201,
      headers: { etag: 'x', 'x-correlation-id': 'invocation-1' },
    });
  });
});

describe('a rollout that is there', () => {
  const started = async () => {
    const { bench, at, post } = app();
    const id = String((await post()).json['id']);
    await bench.run(id);
    return { at, id, bench };
  };

  it('is shown with its clusters, its events and in the list', async () => {
    const { at, id } = await started();
    const get = { method: 'GET', params: { id } };
    expect((await at(rollouts.getOneRollout, get)).json).toMatchObject({
      id,
      traceId: traceOf(id)?.traceId,
      status: 'Succeeded',
      counts: { Succeeded: 2, notStarted: 0, inFlight: 0 },
    });
    expect((await at(rollouts.getRolloutClusters, get)).json).toMatchObject({
      items: [{ ordinal: 0, state: 'Succeeded', written: true }, { ordinal: 1 }],
    });
    expect((await at(rollouts.getRolloutEvents, get)).json['items']).toContainEqual(
      expect.objectContaining({ type: 'RolloutEnded' }),
    );
    expect((await at(rollouts.getRollouts, { method: 'GET' })).json).toMatchObject({
      items: [{ id, status: 'Succeeded', clusters: 2 }],
    });
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=1001', 'limit'],
    ['?limit=1.5', 'limit'],
    ['?limit=x', 'limit'],
    ['?continuation=-1', 'continuation'],
    ['?state=Happy', 'state'],
    ['?stage=nope', 'stage'],
  ])('refuses the query %s', async (query, field) => {
    const { at, id } = await started();
    const answer = await at(rollouts.getRolloutClusters, {
      method: 'GET',
      params: { id },
      path: `/api/rollouts/${id}/clusters${query}`,
    });
    expect(answer.json).toMatchObject({ status: 400, code: 'InvalidQuery', errors: [{ field }] });
  });

  it('is paged without gaps or repeats', async () => {
    const { at, id } = await started();
    const page = async (query: string) =>
      (await at(rollouts.getRolloutClusters, { method: 'GET', params: { id }, path: `/x?limit=1${query}` })).json;
    const first = await page('');
    const second = await page(`&continuation=${String(first['continuation'])}`);
    expect([first, second].map(({ items }) => (items as { ordinal: number }[]).map(({ ordinal }) => ordinal))).toEqual([
      [0],
      [1],
    ]);
    expect(second).not.toHaveProperty('continuation');
  });

  it('takes commands that fit its state, and names the others', async () => {
    const { at, id } = await started();
    const command = (name: string, sent: Sent = {}) =>
      at(rollouts.postCommand, { ...sent, params: { id, command: name } });
    expect((await command('pause')).json).toMatchObject({ status: 409, code: 'CommandNotAllowed' });
    expect((await command('explode')).json).toMatchObject({ status: 404, code: 'CommandNotFound' });
    const odd = { body: '{"why":"x"}', headers: { ...JSON_TYPE, 'content-length': '11' } };
    expect((await command('pause', odd)).json).toMatchObject({
      status: 400,
      code: 'InvalidCommand',
      errors: [{ field: 'why' }],
    });
  });
});

it('what is not there is 404', async () => {
  const { at } = app();
  for (const handler of [rollouts.getOneRollout, rollouts.getRolloutClusters, rollouts.getRolloutEvents]) {
    expect((await at(handler, { method: 'GET', params: { id: 'x' } })).json).toMatchObject({
      status: 404,
      code: 'RolloutNotFound',
    });
  }
  expect((await at(rollouts.postCommand, { params: { id: 'x', command: 'pause' } })).json).toMatchObject({
    status: 404,
    code: 'RolloutNotFound',
  });
});

describe('[api.listClusters] GET /api/clusters', () => {
  it.each([
    ['', 3],
    ['?name=c1', 1],
    ['?type=ConnectedClusters', 3],
    ['?tag=ring', 0],
    ['?tag=ring=x', 0],
    ['?location=westeurope&limit=2', 3],
  ])('%s', async (query, total) => {
    const { at } = app(3);
    expect((await at(getClusters, { method: 'GET', path: `/api/clusters${query}` })).json['total']).toBe(total);
  });
});
