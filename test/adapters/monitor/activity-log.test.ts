import { afterEach, describe, expect, it, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { createLocalCredential } from '../../../src/adapters/arm/local-credential.ts';
import { MemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createActivityLog } from '../../../src/adapters/monitor/activity-log.ts';
import type { Activity } from '../../../src/ports/activity-log.ts';
import type { ArmFault, ArmResult } from '../../../src/ports/arm.ts';
import { startHttpFixture, type Answer, type HttpFixture, type Recorded } from '../http-fixture.ts';
import { countedIn } from '../azure-requests.ts';

const SUB = '00000000-0000-0000-0000-000000000001';
const RESOURCE = `/subscriptions/${SUB}/resourceGroups/o'hara/providers/Microsoft.Kubernetes/connectedClusters/c1`;
const SINCE = Date.parse('2031-01-01T00:00:00Z');
const UNTIL = Date.parse('2031-01-02T00:00:00Z');

const open: HttpFixture[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fixture) => fixture.close()));
});

const event = (changes: object = {}) => ({
  caller: 'alice@fleet.example',
  eventTimestamp: '2031-01-01T10:00:00.1234567Z',
  operationName: { value: 'Some/thing/write', localizedValue: 'Etwas schreiben' },
  status: { value: 'Succeeded', localizedValue: 'Erfolgreich' },
  ...changes,
});
const ACTIVITY: Activity = {
  at: Date.parse('2031-01-01T10:00:00.123Z'),
  caller: 'alice@fleet.example',
  operation: 'Some/thing/write',
  status: 'Succeeded',
};

/** Reads from a server that answers by `rule`. */
async function read(rule: (request: Recorded) => Answer, requestTimeoutMs = 20_000) {
  const fixture = await startHttpFixture(rule);
  open.push(fixture);
  const telemetry = new MemoryTelemetry();
  const { endpoint } = fixture;
  const common = { endpoint, credential: createLocalCredential(), clock: new ManualClock(), requestTimeoutMs };
  const log = createActivityLog({ ...common, telemetry });
  const result = await log.read(RESOURCE, SINCE, UNTIL);
  return { result, telemetry, requests: fixture.requests };
}

function faultOf(result: ArmResult<unknown>): ArmFault {
  if (result.ok) throw new Error(`expected a fault, got ${JSON.stringify(result.value)}`);
  return result.fault;
}

/** Where the next page is, on the host that was asked, as Azure writes it. */
function nextLink({ url, headers }: Recorded): string {
  return `https://${headers.host ?? ''}${url}&$skipToken=2`;
}

describe('a read of the activity log', () => {
  it('asks the subscription for one resource and one window, without the claims of tokens, page by page', async () => {
    const { result, telemetry, requests } = await read((request) => {
      const isSecond = request.url.includes('skipToken');
      const value = [event(isSecond ? { eventTimestamp: '2031-01-01T12:00:00Z' } : {})];
      return { status: 200, body: { value, ...(!isSecond && { nextLink: nextLink(request) }) } };
    });
    expect(result).toEqual({ ok: true, value: [{ ...ACTIVITY, at: Date.parse('2031-01-01T12:00:00Z') }, ACTIVITY] });
    const [first, second, ...more] = requests.map(({ url }) => new URL(url, 'https://host'));
    expect(more).toEqual([]);
    expect(first?.pathname).toBe(`/subscriptions/${SUB}/providers/Microsoft.Insights/eventtypes/management/values`);
    expect(Object.fromEntries(first?.searchParams ?? [])).toEqual({
      'api-version': '2015-04-01',
      $filter:
        "eventTimestamp ge '2031-01-01T00:00:00.000Z' and eventTimestamp le '2031-01-02T00:00:00.000Z' and " +
        `resourceUri eq '${RESOURCE.replace("'", "''")}'`,
      $select: 'eventTimestamp,caller,operationName,status',
    });
    expect(second?.searchParams.get('$filter')).toBe(first?.searchParams.get('$filter'));
    expect(countedIn(telemetry)).toEqual(Array(2).fill({ kind: 'read', status: '200' }));
  });

  it('leaves out what has no caller, no time or no operation: nobody did it', async () => {
    const odd = [event({ caller: null }), event({ eventTimestamp: undefined }), event({ operationName: {} })];
    const { result } = await read(() => ({ status: 200, body: { value: [...odd, event()] } }));
    expect(result).toEqual({ ok: true, value: [ACTIVITY] });
  });

  it('never follows a link to another host', async () => {
    const elsewhere = 'https://elsewhere.example/subscriptions?$skipToken=2';
    const { result, requests } = await read(() => ({ status: 200, body: { value: [event()], nextLink: elsewhere } }));
    expect(faultOf(result)).toMatchObject({ kind: 'unavailable', code: 'ForeignHost' });
    expect(requests).toHaveLength(1);
  });

  it('ends: a log without an end is given up', async () => {
    const { result, requests } = await read((request) => ({
      status: 200,
      body: { value: [event()], nextLink: nextLink({ ...request, url: request.url.split('&$skip')[0] ?? '' }) },
    }));
    expect(faultOf(result)).toMatchObject({ kind: 'unavailable', code: 'TooManyPages' });
    expect(requests).toHaveLength(10);
  });

  const refusal = { error: { code: 'AuthorizationFailed', message: 'No permission.' } };
  test.each([
    ['403', { status: 403, body: refusal }, { kind: 'refused', code: 'AuthorizationFailed', detail: 'No permission.' }],
    ['429', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'throttled', retryAfterMs: 7000 }],
    ['503', { status: 503, headers: { 'retry-after': '3' } }, { kind: 'unavailable', retryAfterMs: 3000 }],
    ['500 without JSON', { status: 500, body: '<html>' }, { kind: 'unavailable', code: 'Http500' }],
    ['something that is no list', { status: 200, body: {} }, { kind: 'unavailable', code: 'UnreadableAnswer' }],
    ['something that is no JSON', { status: 200, body: '<html>' }, { kind: 'unavailable', code: 'UnreadableAnswer' }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example' } }, { kind: 'unavailable' }],
    ['a connection that ends', { byHand: (response) => response.destroy() }, { kind: 'unavailable' }],
  ] satisfies [string, Answer, Partial<ArmFault>][])(
    '%s is told as a fault, after one try',
    async (_, answer, fault) => {
      const { result, requests } = await read(() => answer);
      expect(faultOf(result)).toMatchObject(fault);
      expect(requests).toHaveLength(1);
    },
  );

  it('that is not answered is given up', async () => {
    const { result } = await read(() => ({ byHand: () => undefined }), 100);
    expect(faultOf(result)).toEqual({ kind: 'timedOut', detail: 'No answer within 100 ms.' });
  });
});
