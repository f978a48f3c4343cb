import { describe, expect, test } from 'vitest';
import { countedIn } from '../azure-requests.ts';
import { armError, CHILDREN, CLUSTER, faultOf, FOUND, setUp } from './set-up.ts';

const PATCH = { properties: { sourceKind: 'GitRepository', gitRepository: {}, kustomizations: { apps: null } } };

describe('a patch', () => {
  test('sends the body raw, nulls included', async () => {
    const resource = { name: 'cfg', properties: { unknownField: 1 } };
    const { arm, fixture, telemetry } = await setUp(({ headers, url }) => ({
      status: 202,
      headers: { 'azure-asyncoperation': `https://${headers.host ?? ''}${url}&operation=1` },
      body: resource,
    }));
    const url = `${CHILDREN}/fluxConfigurations/cfg?api-version=2023-05-01`;
    expect(await arm.patchConfiguration(CLUSTER, 'cfg', PATCH)).toEqual({
      ok: true,
      value: { resource, operationUrl: `https://${fixture.host}${url}&operation=1` },
    });
    expect(fixture.requests).toMatchObject([{ method: 'PATCH', url }]);
    expect(fixture.requests[0]!.headers['content-type']).toContain('application/json');
    expect(JSON.parse(fixture.requests[0]!.body)).toEqual(PATCH);
    expect(countedIn(telemetry)).toEqual([{ kind: 'write', status: '202' }]);
  });

  test('that changes nothing has no operation', async () => {
    const resource = { name: 'flux', properties: { provisioningState: 'Succeeded' } };
    const { arm, fixture } = await setUp(() => ({ status: 200, body: resource }));
    expect(await arm.patchExtension(CLUSTER, 'flux', { properties: {} })).toEqual({ ok: true, value: { resource } });
    expect(fixture.requests).toMatchObject([
      { method: 'PATCH', url: `${CHILDREN}/extensions/flux?api-version=2023-05-01` },
    ]);
  });

  test('may be accepted without a body', async () => {
    const { arm } = await setUp(() => ({ status: 202 }));
    expect(await arm.patchConfiguration(CLUSTER, 'cfg', PATCH)).toEqual({ ok: true, value: { resource: {} } });
  });

  test('of what is not there is refused', async () => {
    const { arm } = await setUp(() => armError(404, 'ResourceNotFound', "The instance with name 'cfg' not found."));
    expect(faultOf(await arm.patchConfiguration(CLUSTER, 'cfg', PATCH))).toMatchObject({
      kind: 'refused',
      code: 'ResourceNotFound',
    });
  });
});

describe('a deletion', () => {
  const MESSAGE = { Version: '1.1', StatusCode: 200, IsSuccessStatusCode: true, Content: { Headers: [] } };

  test.each([
    ['a forced one', true, 'true'],
    ['another', false, 'false'],
  ])('[configuration.forceDelete] [extension.removeForce] says whether it is %s', async (_name, force, query) => {
    const { arm, fixture } = await setUp(() => ({ status: 204 }));
    await arm.deleteConfiguration(CLUSTER, 'cfg', force);
    await arm.deleteExtension(CLUSTER, 'flux', force);
    await arm.deleteFluxV1(CLUSTER, 'old');
    expect(fixture.requests.map(({ method, url }) => `${method} ${url.slice(CHILDREN.length)}`)).toEqual([
      `DELETE /fluxConfigurations/cfg?api-version=2025-04-01&forceDelete=${query}`,
      `DELETE /extensions/flux?api-version=2023-05-01&forceDelete=${query}`,
      'DELETE /sourceControlConfigurations/old?api-version=2022-03-01',
    ]);
    expect(fixture.requests.map(({ body }) => body)).toEqual(['', '', '']);
  });

  test('[trap.location] that was accepted says where it is followed', async () => {
    const { arm, fixture } = await setUp(({ headers }) => ({
      status: 202,
      headers: { 'azure-asyncoperation': `https://${headers.host ?? ''}/op?api-Version=1`, location: 'https://x.y/op' },
    }));
    const operationUrl = `https://${fixture.host}/op?api-Version=1`;
    expect(await arm.deleteExtension(CLUSTER, 'flux', false)).toEqual({ ok: true, value: { operationUrl } });
  });

  test.each([
    ['200 without a body', { status: 200 }],
    ['200 with a serialised answer', { status: 200, body: MESSAGE }],
    ['200 with something else', { status: 200, body: 'Deleted' }],
    ['204', { status: 204 }],
    ['404 of the resource', armError(404, 'ResourceNotFound', "The instance with name 'cfg' not found.")],
  ])('is finished by %s', async (_name, answer) => {
    const { arm } = await setUp(() => answer);
    expect(await arm.deleteConfiguration(CLUSTER, 'cfg', true)).toEqual({ ok: true, value: {} });
    expect(await arm.deleteExtension(CLUSTER, 'cfg', true)).toEqual({ ok: true, value: {} });
    expect(await arm.deleteFluxV1(CLUSTER, 'cfg')).toEqual({ ok: true, value: {} });
  });

  test('of something on a cluster that is gone says so', async () => {
    const { arm } = await setUp(() => armError(404, 'ResourceNotFound', "The instance with name 'c1' not found."));
    expect(faultOf(await arm.deleteConfiguration(CLUSTER, 'cfg', false))).toMatchObject({ kind: 'clusterNotFound' });
  });

  test.each([
    ['a gateway that knows no such type', armError(404, 'InvalidResourceType', 'No such type.'), 'refused'],
    ['something on the way', { status: 404, body: '<h1>404</h1>' }, 'unavailable'],
    ['a lock', armError(409, 'ScopeLocked', 'locked'), 'refused'],
    ['another operation', armError(409, 'Conflict', 'busy'), 'conflict'],
    ['a service in trouble', armError(500, 'InternalServerError', 'x'), 'unavailable'],
  ])('[trap.deleteErrors] is not believed of %s', async (_name, answer, kind) => {
    const { arm } = await setUp(({ method }) => (method === 'DELETE' ? answer : FOUND));
    expect(faultOf(await arm.deleteConfiguration(CLUSTER, 'cfg', false))).toMatchObject({ kind });
    expect(faultOf(await arm.deleteExtension(CLUSTER, 'cfg', false))).toMatchObject({ kind });
  });
});
