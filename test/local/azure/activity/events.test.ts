import { MonitorClient } from '@azure/arm-monitor';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { bench, healthy, type Bench } from '../support.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const VERSION = 'api-version=2015-04-01';

interface Line {
  readonly caller: string;
  readonly status: { readonly value: string };
  readonly operationName: { readonly value: string };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

async function setUp() {
  const world = await bench({ fleet: { clusters: 4, subscriptions: 1, extensionShare: 1, brokenClusters: 0 } });
  const cluster = healthy(world.azure);
  const id = `${cluster.id}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/shop`;
  const events = `/subscriptions/${cluster.subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`;
  return { ...world, cluster, id, events, startedMs: world.clock.now() };
}

function put({ call }: Bench, id: string, changes: object = {}) {
  const properties = {
    sourceKind: 'GitRepository',
    gitRepository: { url: 'https://git.example/org/shop', repositoryRef: { branch: 'main' } },
    kustomizations: { apps: { path: './apps' } },
    ...changes,
  };
  return call('PUT', id, { properties }, { authorization: `Bearer ${tokenOf('alice@fleet.example')}` });
}

function tokenOf(upn: string): string {
  return `x.${Buffer.from(JSON.stringify({ upn })).toString('base64url')}.x`;
}

describe('the activity log', () => {
  it('has two events for each write, with caller, operation and status, once some time has passed', async () => {
    const world = await setUp();
    const { call, clock, events, id, startedMs } = world;
    const url = `${events}?${VERSION}&$filter=eventTimestamp ge '${isoOf(startedMs)}' and resourceUri eq '${id}'`;
    await put(world, id);
    expect((await call('GET', url)).body.value).toEqual([]);
    clock.advance(3 * MINUTE_MS);
    const { value } = (await call('GET', url)).body;
    const common = {
      caller: 'alice@fleet.example',
      resourceId: id,
      operationName: { value: 'Microsoft.KubernetesConfiguration/fluxConfigurations/write' },
      eventTimestamp: isoOf(startedMs),
      category: { value: 'Administrative' },
    };
    expect(value).toMatchObject([
      { ...common, eventName: { value: 'EndRequest' }, status: { value: 'Accepted' }, subStatus: { value: '201' } },
      { ...common, eventName: { value: 'BeginRequest' }, status: { value: 'Started' } },
    ]);
    expect(Date.parse((value[0] as unknown as { submissionTimestamp: string }).submissionTimestamp)).toBeGreaterThan(
      startedMs,
    );
  });

  it('has what was refused, what deleted, and what an actor did behind our back', async () => {
    const world = await setUp();
    const { call, admin, clock, cluster, events, id, startedMs } = world;
    await put(world, id, { sourceKind: 'Nonsense' });
    await put(world, id);
    clock.advance(5 * MINUTE_MS);
    await admin('POST', '/admin/edits', {
      cluster: cluster.name,
      configuration: 'shop',
      patch: { suspend: true },
      by: 'eve@fleet.example',
    });
    await call('DELETE', `${id}?forceDelete=true&api-version=2025-04-01`);
    clock.advance(3 * MINUTE_MS);
    const filter = `eventTimestamp ge '${isoOf(startedMs)}' and resourceGroupName eq '${cluster.resourceGroup}'`;
    const { value } = (await call('GET', `${events}?${VERSION}&$filter=${filter}&$select=caller,status,operationName`))
      .body;
    const lines = (value as unknown as Line[]).map(
      ({ caller, status, operationName }) => `${operationName.value.split('/').at(-1) ?? ''} ${status.value} ${caller}`,
    );
    expect(lines.filter((line) => !line.includes('Started'))).toEqual([
      expect.stringMatching(/^delete Succeeded [0-9a-f-]{36}$/),
      'write Accepted eve@fleet.example',
      'write Accepted alice@fleet.example',
      'write Failed alice@fleet.example',
    ]);
    expect(Object.keys(value[0] ?? {}).sort()).toEqual(['caller', 'operationName', 'status']);
  });

  it('forgets after 90 days, and is asked no further back', async () => {
    const world = await setUp();
    const { call, clock, events, id, startedMs } = world;
    await put(world, id);
    clock.advance(91 * DAY_MS);
    const since = (ms: number) => call('GET', `${events}?${VERSION}&$filter=eventTimestamp ge '${isoOf(ms)}'`);
    expect((await since(startedMs)).status).toBe(400);
    expect((await since(clock.now() - 89 * DAY_MS)).body.value).toEqual([]);
  });

  it.each([
    '',
    "resourceUri eq 'x'",
    "eventTimestamp gt '2026-01-01'",
    "eventTimestamp ge '2026-01-01' or caller eq 'x'",
  ])('refuses the filter "%s"', async (filter) => {
    const { call, events } = await setUp();
    const { status, body } = await call('GET', `${events}?${VERSION}&$filter=${encodeURIComponent(filter)}`);
    expect([status, body.error.code]).toEqual([400, 'BadRequest']);
  });

  it('is read by the published SDK to its last page', async () => {
    const world = await setUp();
    const { azure, clock, cluster, id, startedMs } = world;
    for (let n = 0; n < 120; n++) await put(world, id, { gitRepository: { url: `https://git.example/${n}` } });
    clock.advance(3 * MINUTE_MS);
    const wire = createDefaultHttpClient();
    const httpClient: HttpClient = {
      sendRequest: (request) =>
        wire.sendRequest({ ...request, url: request.url.replace('https:', 'http:'), allowInsecureConnection: true }),
    };
    const credential = { getToken: async () => ({ token: 'test', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
    const endpoint = azure.endpoint.replace('http:', 'https:');
    const client = new MonitorClient(credential, cluster.subscriptionId, { endpoint, httpClient });
    const pages: number[] = [];
    const filter = `eventTimestamp ge '${isoOf(startedMs)}' and resourceUri eq '${id}'`;
    for await (const page of client.activityLogs.list(filter).byPage()) pages.push(page.length);
    expect(pages).toEqual([200, 40]);
  });
});
