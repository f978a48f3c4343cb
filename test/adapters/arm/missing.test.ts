import { describe, expect, test } from 'vitest';
import type { Answer, Recorded } from '../http-fixture.ts';
import { armError, BODY, CHILDREN, CLUSTER, faultOf, FOUND, setUp } from './set-up.ts';

describe('404', () => {
  const CONFIGURATION = `The fluxConfiguration instance with name 'cfg' not found.`;
  const BY_ID = `The Resource 'Microsoft.Kubernetes/connectedClusters/c1' under resource group 'cfg' was not found.`;
  const CHILD_BY_ID = `The Resource 'Microsoft.Kubernetes/connectedClusters/c1/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/CFG' under resource group 'c1' was not found.`;

  test.each([
    ['names the configuration', 'ResourceNotFound', CONFIGURATION, 1],
    ['names it by its id', 'ResourceNotFound', CHILD_BY_ID, 1],
    ['names nothing', 'ResourceNotFound', 'Not found.', 2],
  ])('that %s means that there is none', async (_name, code, message, requests) => {
    const { arm, fixture } = await setUp(({ url }) =>
      url.includes('fluxConfigurations') ? armError(404, code, message) : FOUND,
    );
    expect(await arm.getConfiguration(CLUSTER, 'cfg')).toEqual({ ok: true, value: undefined });
    expect(fixture.requests).toHaveLength(requests);
  });

  test.each([
    ['names the cluster', 'ResourceNotFound', `The Cluster instance with name 'C1' not found.`, 1],
    ['names it by its id', 'ResourceNotFound', BY_ID, 1],
    ['says that the parent is missing', 'ParentResourceNotFound', 'The parent could not be found.', 1],
    ['says that the group is missing', 'ResourceGroupNotFound', `Resource group 'rg' could not be found.`, 1],
    ['names nothing, as for the cluster itself', 'ResourceNotFound', 'Not found.', 2],
  ])('that %s means that the cluster is gone', async (_name, code, message, requests) => {
    const { arm, fixture } = await setUp(() => armError(404, code, message));
    expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toEqual({ kind: 'clusterNotFound', detail: message });
    expect(fixture.requests).toHaveLength(requests);
    expect(faultOf(await arm.putConfiguration(CLUSTER, 'cfg', BODY))).toMatchObject({ kind: 'clusterNotFound' });
    expect(faultOf(await arm.findFluxExtension(CLUSTER))).toMatchObject({ kind: 'clusterNotFound' });
  });

  test('of a configuration named like its cluster is settled by asking for the cluster', async () => {
    const rule = (request: Recorded): Answer =>
      request.url.includes('fluxConfigurations') ? armError(404, 'ResourceNotFound', `… 'c1' not found.`) : FOUND;
    const { arm, fixture } = await setUp(rule);
    expect(await arm.getConfiguration(CLUSTER, 'c1')).toEqual({ ok: true, value: undefined });
    expect(fixture.requests.map(({ url }) => url)).toEqual([
      `${CHILDREN}/fluxConfigurations/c1?api-version=2025-04-01`,
      `${CLUSTER}?api-version=2021-10-01`,
    ]);
  });

  test('is not believed when the cluster cannot be asked', async () => {
    const rule = (request: Recorded): Answer =>
      request.url.includes('fluxConfigurations')
        ? armError(404, 'ResourceNotFound', 'Not found.')
        : armError(503, 'Busy', 'x');
    const { arm } = await setUp(rule);
    expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({ kind: 'unavailable', code: 'Busy' });
  });

  test('of the gateway, which knows no such type, is refused', async () => {
    const { arm } = await setUp(() =>
      armError(404, 'InvalidResourceType', `The resource type 'cfg' could not be found.`),
    );
    expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({
      kind: 'refused',
      code: 'InvalidResourceType',
    });
  });

  test('of something on the way is not believed', async () => {
    const { arm } = await setUp(() => ({
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<h1>404</h1>',
    }));
    expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({
      kind: 'unavailable',
      code: 'UnreadableAnswer',
    });
  });

  test('of a write on a cluster that exists stays a refusal', async () => {
    const { arm } = await setUp(({ method }) => (method === 'PUT' ? armError(404, 'Odd', 'Not found.') : FOUND));
    expect(faultOf(await arm.putConfiguration(CLUSTER, 'cfg', BODY))).toMatchObject({ kind: 'refused', code: 'Odd' });
  });
});
