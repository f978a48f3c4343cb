import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFlush } from '../../../src/adapters/telemetry/flush.ts';
import { TELEMETRY_OFF } from '../../../src/adapters/telemetry/off.ts';
import { createTelemetry } from '../../../src/adapters/telemetry/telemetry.ts';
import type { Answer } from '../http-fixture.ts';
import { collector, LogLines, telemetryTo } from './set-up.ts';

const nothing = async (): Promise<void> => undefined;
const span = { name: 'GET', kind: 'client' } as const;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

it('is off where there is no collector', () => {
  expect(createTelemetry({ sampledShare: 1, site: {}, log: new LogLines() })).toBe(TELEMETRY_OFF);
});

it('asks nobody until there is something to tell', async () => {
  const receiver = await collector();
  await telemetryTo(receiver).flush();
  expect(receiver.requests).toEqual([]);
});

it('sends the headers of the settings, and none of the platform`s', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'api-key=a%20key,tenant=contoso');
  const receiver = await collector();
  const telemetry = telemetryTo({ url: `${receiver.url}/` });
  await telemetry.span(span, nothing);
  telemetry.count('flotilla.rollouts.started', {});
  await telemetry.flush();
  expect(receiver.requests.map(({ url }) => url).sort()).toEqual(['/v1/metrics', '/v1/traces']);
  for (const { headers } of receiver.requests) {
    expect(headers).toMatchObject({ 'api-key': 'a key', tenant: 'contoso', 'content-type': 'application/json' });
  }
});

describe('work does not notice a collector', () => {
  it('that never answers', async () => {
    const receiver = await collector(() => ({ byHand: () => undefined }));
    const telemetry = telemetryTo(receiver);
    await telemetry.span(span, nothing);
    void telemetry.flush();
    await vi.waitUntil(() => receiver.requests.length > 0);
    expect(await telemetry.span(span, async () => 'done')).toBe('done');
  });

  it('that is not there', async () => {
    const receiver = await collector();
    await receiver.stop();
    const telemetry = telemetryTo(receiver);
    expect(await telemetry.span(span, async () => 'done')).toBe('done');
    telemetry.count('flotilla.rollouts.started', {});
    await telemetry.flush();
  });

  it('that fails: this is told once, and so is its end', async () => {
    const answers: Answer[] = [{ status: 500 }, { status: 500 }, { status: 200, body: {} }, { status: 500 }];
    const receiver = await collector(() => answers.shift()!);
    const log = new LogLines();
    const telemetry = telemetryTo(receiver, { log });
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await telemetry.span(span, async () => 'done')).toBe('done');
      await telemetry.flush();
    }
    expect(log.lines).toMatchObject([
      { level: 'warn', message: 'telemetry not exported', facts: { collector: 'OTLP', what: 'traces' } },
      { level: 'info', message: 'telemetry exported again' },
      { level: 'warn', message: 'telemetry not exported' },
    ]);
  });
});

it('waits for a flush for some seconds at the most', async () => {
  vi.useFakeTimers();
  const never = { forceFlush: () => new Promise<void>(() => undefined) };
  const failing = { forceFlush: () => Promise.reject(new Error('collector down')) };
  const flushed = createFlush([failing, never])();
  await vi.runAllTimersAsync();
  await flushed;
});

it('works without telemetry where the SDK cannot start, and says so', async () => {
  const log = new LogLines();
  const credential = { getToken: async () => null };
  const applicationInsights = { connectionString: 'InstrumentationKey=none', credential };
  const telemetry = createTelemetry({ applicationInsights, sampledShare: 1, site: {}, log });
  expect(await telemetry.span(span, async () => 'done')).toBe('done');
  telemetry.count('flotilla.rollouts.started', {});
  await telemetry.flush();
  expect(log.lines).toMatchObject([{ level: 'error', message: 'telemetry could not start' }]);
});
