import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTelemetry } from '../../../src/adapters/telemetry/telemetry.ts';
import type { Telemetry } from '../../../src/ports/telemetry.ts';
import { startHttpFixture, type HttpFixture } from '../http-fixture.ts';
import { HOST, HOST_PARENT, LogLines, ROLLOUT } from './set-up.ts';

const KEY = '11111111-1111-1111-1111-111111111111';

/** What Application Insights takes: many of these in one body. */
interface Envelope {
  readonly name: string;
  readonly iKey: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: {
    readonly baseType: string;
    readonly baseData: Readonly<Record<string, unknown>> & {
      readonly properties?: Readonly<Record<string, string>>;
      readonly metrics?: readonly { readonly name: string; readonly value: number }[];
    };
  };
}

let status = 200;
let ingestion: HttpFixture;
const getToken = vi.fn(async (_scopes: string | string[]) => ({ token: 'a-token', expiresOnTimestamp: 4e12 }));
const log = new LogLines();

beforeEach(async () => {
  vi.stubEnv('APPLICATION_INSIGHTS_NO_STATSBEAT', 'true');
  status = 200;
  log.lines.length = 0;
  ingestion = await startHttpFixture(({ body }) => {
    const count = (JSON.parse(body) as unknown[]).length;
    return { status, body: { itemsReceived: count, itemsAccepted: status === 200 ? count : 0, errors: [] } };
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await ingestion.close();
});

function connected(): Telemetry {
  const connectionString = `InstrumentationKey=${KEY};IngestionEndpoint=${ingestion.endpoint}/`;
  const applicationInsights = { connectionString, credential: { getToken } };
  return createTelemetry({ applicationInsights, sampledShare: 1, site: { name: 'func-flotilla' }, log });
}

function envelopes(): Envelope[] {
  return ingestion.requests.flatMap(({ body }) => JSON.parse(body) as Envelope[]);
}

it('gets the trace of a rollout, signed in with the identity', async () => {
  const telemetry = connected();
  const facts = {
    name: 'queue-operations',
    kind: 'consumer',
    rolloutId: ROLLOUT.id,
    traceParent: HOST_PARENT,
  } as const;
  await telemetry.span(facts, () =>
    telemetry
      .span({ name: 'PUT fluxConfigurations', kind: 'client', attributes: { cluster: 'aks-1' } }, async () => {
        throw Object.assign(new Error('Conflict'), { code: 'Conflict' });
      })
      .catch(() => undefined),
  );
  await telemetry.flush();
  const byName = new Map(envelopes().map((envelope) => [envelope.data.baseType, envelope]));
  const request = byName.get('RequestData')!;
  const dependency = byName.get('RemoteDependencyData')!;
  expect(request.tags).toMatchObject({
    'ai.operation.id': ROLLOUT.traceId,
    'ai.operation.parentId': ROLLOUT.spanId,
    'ai.cloud.role': 'flotilla',
  });
  expect(JSON.parse(request.data.baseData.properties!['_MS.links']!)).toEqual([
    { operation_Id: HOST.traceId, id: HOST.spanId },
  ]);
  expect(dependency.tags).toMatchObject({
    'ai.operation.id': ROLLOUT.traceId,
    'ai.operation.parentId': request.data.baseData['id'],
  });
  expect(dependency.data.baseData).toMatchObject({
    name: 'PUT fluxConfigurations',
    success: false,
    properties: { cluster: 'aks-1', 'flotilla.error.code': 'Conflict' },
  });
  expect(ingestion.requests[0]!.headers.authorization).toBe('Bearer a-token');
  expect(getToken.mock.calls[0]![0]).toEqual(['https://monitor.azure.com/.default']);
  expect(request.iKey).toBe(KEY);
});

it('gets metrics', async () => {
  const telemetry = connected();
  telemetry.count('flotilla.rollouts.started', {}, 2);
  telemetry.gauges([
    { name: 'flotilla.sweep.age', help: 'Age of the last sweep.', unit: 's', values: [{ attributes: {}, value: 40 }] },
  ]);
  await telemetry.flush();
  const metrics = envelopes().flatMap(({ data }) => data.baseData.metrics ?? []);
  expect(metrics).toMatchObject([
    { name: 'flotilla.rollouts.started', value: 2 },
    { name: 'flotilla.sweep.age', value: 40 },
  ]);
});

it.each([
  ['refuses the identity', 403],
  ['refuses what it is sent', 400],
])('that %s disturbs nothing, and is told once', async (_what, refusal) => {
  status = refusal;
  const telemetry = connected();
  for (let turn = 0; turn < 2; turn += 1) {
    expect(await telemetry.span({ name: 'GET', kind: 'client' }, async () => 'done')).toBe('done');
    await telemetry.flush();
  }
  expect(log.lines).toMatchObject([
    {
      level: 'warn',
      message: 'telemetry not exported',
      facts: {
        collector: 'Application Insights',
        what: 'traces',
        error: { message: `Application Insights answered ${refusal}.` },
      },
    },
  ]);
});
