import { describe, expect, it } from 'vitest';
import * as policies from '../../src/http/policies.ts';
import { route } from '../../src/http/route.ts';
import { ASSIGNMENT } from '../app/assign.ts';
import { bench, type BindingBench } from '../app/bindings/support.ts';
import { SUBSCRIPTION_A } from '../core/clusters.ts';
import { call, edgeOf, type Sent } from './support.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const keep = { source: { lastRollout: true }, mode: 'correct', every: '15m' };

function app(world: BindingBench = bench(2)) {
  const edge = edgeOf(world.deps);
  const at = (handle: Parameters<typeof route>[2], sent: Sent = {}, name = 'keep') =>
    call(
      route(() => edge, 'Reader', handle),
      { params: { name }, headers: JSON_TYPE, ...sent },
    );
  const put = (body: unknown, name?: string) => at(policies.putPolicy, { body: JSON.stringify(body) }, name);
  return { world, at, put };
}

describe('policy bindings over HTTP', () => {
  it('are created, replaced, read and deleted', async () => {
    const { at, put } = app();
    const created = await put(keep);
    expect(created.status).toBe(201);
    expect(created.headers).toMatchObject({ location: '/api/policies/keep' });
    expect((await put({ ...keep, every: '1h' })).status).toBe(200);
    expect((await at(policies.getPolicy)).json).toMatchObject({
      name: 'keep',
      every: '1h',
      state: 'Waiting',
      changes: [
        { what: 'Changed', by: 'local' },
        { what: 'Created', by: 'local' },
      ],
    });
    expect((await at(policies.getPolicies)).json).toMatchObject({ items: [{ name: 'keep' }] });
    expect(await at(policies.deletePolicy)).toMatchObject({ status: 200, json: { state: 'Deleted' } });
    expect(await at(policies.getPolicy)).toMatchObject({ status: 404, json: { code: 'BindingNotFound' } });
    expect(await at(policies.deletePolicy)).toMatchObject({ status: 404 });
  });

  it('are resumed with a reason only', async () => {
    const { world, at } = app(bench(10));
    await world.rollOut();
    await world.put({ limits: { maxDriftShare: '10%' } });
    world.edit('c0', 'c1');
    await world.sweepAndTick();
    const resume = (body: object) => at(policies.postResume, { body: JSON.stringify(body) });
    expect(await resume({})).toMatchObject({ status: 400, json: { code: 'InvalidResume' } });
    expect(await resume({ reason: '  ' })).toMatchObject({ status: 400 });
    const { status, json } = await resume({ reason: 'looked at it' });
    expect([status, json['state']]).toEqual([200, 'Active']);
    expect(json['changes']).toMatchObject([{ what: 'Resumed', by: 'local', reason: 'looked at it' }, {}, {}]);
    expect(await resume({ reason: 'again' })).toMatchObject({ status: 409, json: { code: 'BrakeNotOn' } });
  });

  it('are evaluated by Policy on demand', async () => {
    const world = bench(1);
    const { at, put } = app(world);
    const evaluate = () => at(policies.postEvaluate);
    expect(await evaluate()).toMatchObject({ status: 404, json: { code: 'BindingNotFound' } });
    await put(keep);
    expect(await evaluate()).toMatchObject({
      status: 409,
      headers: { 'content-type': 'application/problem+json' },
      json: { code: 'NothingToEvaluate' },
    });
    world.assign();
    await put({ source: { assignment: ASSIGNMENT }, mode: 'report', every: '1h' });
    const running = { subscriptionId: SUBSCRIPTION_A, state: 'Running', by: 'local' };
    const first = await evaluate();
    expect(first).toMatchObject({
      status: 202,
      headers: { location: '/api/policies/keep' },
      json: { name: 'keep', started: [SUBSCRIPTION_A], evaluations: [running] },
    });
    expect(JSON.stringify(first.json)).not.toContain('https://');
    expect((await evaluate()).json).toMatchObject({ started: [], evaluations: [running] });
    expect((await at(policies.getPolicy)).json).toMatchObject({ evaluations: [running] });
  });

  it('answer problems that name the field', async () => {
    const { put } = app();
    const { status, json } = await put({ source: { lastRollout: true }, mode: 'remediate', every: '5m' });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'InvalidPolicyBinding', errors: [{ field: 'every' }, { field: 'mode' }] });
    expect((await put(keep, 'Not-A-Name')).json).toMatchObject({ status: 400, code: 'InvalidBindingName' });
  });
});
