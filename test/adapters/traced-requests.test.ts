import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { MemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { traced } from '../../src/adapters/traced-requests.ts';
import { countedIn } from './azure-requests.ts';

const SUB = '00000000-0000-0000-0000-00000000000a';
const ARC = `/subscriptions/${SUB}/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/shop-1`;
const FLUX = `${ARC}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations`;
const POLICY = `/subscriptions/${SUB}/providers/Microsoft.PolicyInsights`;

/** What is told of one request that is answered so; without a status, it gets no answer. */
async function tell(method: 'GET' | 'PUT' | 'POST', path: string, status?: number) {
  const telemetry = new MemoryTelemetry();
  const client = traced(
    {
      sendRequest: async (request) => {
        if (status === undefined) throw new Error('no answer');
        return { request, status, headers: createHttpHeaders({ 'x-ms-request-id': 'request-1' }) };
      },
    },
    telemetry,
  );
  const headers = createHttpHeaders({ authorization: 'Bearer TOKEN-OF-OURS' });
  const url = `https://management.azure.com${path}`;
  const sent = client.sendRequest(createPipelineRequest({ url, method, headers, body: '{"key":"VALUE-OF-OURS"}' }));
  await sent.catch(() => undefined);
  return telemetry;
}

describe('a request to Azure', () => {
  it.each([
    ['PUT', `${FLUX}/apps?api-version=2025-04-01`, 'PUT fluxConfigurations', 'write'],
    ['GET', `${FLUX}?api-version=2025-04-01&$skipToken=SECRET`, 'GET fluxConfigurations', 'read'],
    ['GET', `/subscriptions/${SUB}/providers/Microsoft.Kubernetes?api-version=2021`, 'GET providers', 'read'],
    ['POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', 'POST resources', 'graph'],
    ['POST', `${POLICY}/policyStates/latest/queryResults?$top=5`, 'POST queryResults', 'write'],
    ['POST', `${POLICY}/remediations/r1/cancel`, 'POST cancel', 'write'],
    ['GET', '/opaque/location/4711', 'GET opaque', 'read'],
  ] as const)('%s %s is the span %s', async (method, path, name, kind) => {
    const telemetry = await tell(method, path, 200);
    expect(telemetry.spans).toMatchObject([{ name, kind: 'client', failed: false }]);
    expect(countedIn(telemetry)).toEqual([{ kind, status: '200' }]);
  });

  it('says whose it is and how it was answered, and nothing of query, headers or body', async () => {
    const { spans } = await tell('PUT', `${FLUX}/apps?api-version=2025-04-01&sig=SIGNATURE`, 429);
    expect(spans[0]?.attributes).toEqual({
      'http.request.method': 'PUT',
      'server.address': 'management.azure.com',
      'azure.resource_provider.namespace': 'Microsoft.KubernetesConfiguration',
      'flotilla.subscription.id': SUB,
      'flotilla.cluster.id': ARC,
      'http.response.status_code': 429,
      'azure.service.request.id': 'request-1',
      'error.type': '429',
    });
  });

  it.each([
    [200, undefined],
    [404, undefined],
    [409, '409'],
    [503, '503'],
  ])('answered by %i has failed as %s', async (status, failure) => {
    expect((await tell('GET', FLUX, status)).spans[0]?.attributes['error.type']).toBe(failure);
  });

  it('that gets no answer is a span that failed, and counted as such', async () => {
    const telemetry = await tell('PUT', `${FLUX}/apps`);
    expect(telemetry.spans).toMatchObject([{ name: 'PUT fluxConfigurations', failed: true }]);
    expect(countedIn(telemetry)).toEqual([{ kind: 'write', status: 'none' }]);
  });
});
