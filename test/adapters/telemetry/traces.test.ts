import { describe, expect, it } from 'vitest';
import type { Telemetry } from '../../../src/ports/telemetry.ts';
import type { OtlpReceiver, ReceivedSpan } from './otlp-receiver.ts';
import { collector, HOST, HOST_PARENT, OTHER_ROLLOUT, ROLLOUT, telemetryTo } from './set-up.ts';

const nothing = async (): Promise<void> => undefined;

function named(receiver: OtlpReceiver, name: string): ReceivedSpan {
  return receiver.spans().find((span) => span.name === name)!;
}

describe('the trace of a rollout', () => {
  it('is one, with one root, whichever processes work on it and in whatever order', async () => {
    const receiver = await collector();
    const [first, second] = [telemetryTo(receiver), telemetryTo(receiver)];
    await second.span({ name: 'wake', kind: 'consumer', rolloutId: ROLLOUT.id }, nothing);
    await first.span({ name: 'submit', kind: 'internal', rolloutId: ROLLOUT.id, isRoot: true }, nothing);
    await second.span({ name: 'operation', kind: 'consumer', rolloutId: ROLLOUT.id }, () =>
      second.span({ name: 'PUT', kind: 'client' }, nothing),
    );
    await Promise.all([first.flush(), second.flush()]);

    const spans = receiver.spans();
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([ROLLOUT.traceId]));
    expect(spans.filter(({ parentSpanId }) => parentSpanId === '').map(({ name }) => name)).toEqual(['submit']);
    expect(named(receiver, 'submit').spanId).toBe(ROLLOUT.spanId);
    expect(named(receiver, 'wake').parentSpanId).toBe(ROLLOUT.spanId);
    expect(named(receiver, 'operation').parentSpanId).toBe(ROLLOUT.spanId);
    expect(named(receiver, 'PUT').parentSpanId).toBe(named(receiver, 'operation').spanId);
    expect(new Set(spans.map(({ resource }) => resource['service.instance.id'])).size).toBe(2);
  });

  it('is linked with the one of the request that it came from, in both directions', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    await telemetry.span({ name: 'POST rollouts', kind: 'server', traceParent: HOST_PARENT }, () =>
      telemetry.span({ name: 'submit', kind: 'internal', rolloutId: ROLLOUT.id, isRoot: true }, nothing),
    );
    await telemetry.flush();
    const { traceId, spanId } = named(receiver, 'POST rollouts');
    expect(named(receiver, 'submit')).toMatchObject({ parentSpanId: '', links: [{ traceId, spanId }] });
    expect(named(receiver, 'POST rollouts')).toMatchObject({
      traceId: HOST.traceId,
      parentSpanId: HOST.spanId,
      links: [{ traceId: ROLLOUT.traceId, spanId: ROLLOUT.spanId }],
    });
  });

  it('leaves its ids to its root alone', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    await telemetry.span({ name: 'submit', kind: 'internal', rolloutId: ROLLOUT.id, isRoot: true }, nothing);
    await telemetry.span({ name: 'wake', kind: 'consumer', rolloutId: ROLLOUT.id }, nothing);
    await telemetry.span({ name: 'GET', kind: 'server' }, nothing);
    await telemetry.flush();
    expect(new Set(receiver.spans().map(({ spanId }) => spanId)).size).toBe(3);
    expect(named(receiver, 'GET').traceId).not.toBe(ROLLOUT.traceId);
  });

  it('links the trace of the host that a message came by', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    const facts = { name: 'queue', kind: 'consumer', rolloutId: ROLLOUT.id, traceParent: HOST_PARENT } as const;
    await telemetry.span(facts, nothing);
    await telemetry.flush();
    expect(named(receiver, 'queue')).toMatchObject({ traceId: ROLLOUT.traceId, links: [HOST] });
  });

  it('nests spans of the same rollout, and none of another', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    await telemetry.span({ name: 'outer', kind: 'consumer', rolloutId: ROLLOUT.id }, async () => {
      await telemetry.span({ name: 'same', kind: 'internal', rolloutId: ROLLOUT.id }, nothing);
      await telemetry.span({ name: 'other', kind: 'internal', rolloutId: OTHER_ROLLOUT.id }, nothing);
    });
    await telemetry.flush();
    const outer = named(receiver, 'outer');
    expect(named(receiver, 'same')).toMatchObject({ parentSpanId: outer.spanId, links: [] });
    expect(named(receiver, 'other').traceId).not.toBe(outer.traceId);
    expect(named(receiver, 'other').links).toEqual([{ traceId: outer.traceId, spanId: outer.spanId }]);
  });

  it('is not that of what only looks like a rollout', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    const facts = { kind: 'server', rolloutId: 'current', traceParent: HOST_PARENT } as const;
    await telemetry.span({ ...facts, name: 'GET' }, nothing);
    await telemetry.span({ ...facts, name: 'root', isRoot: true }, nothing);
    await telemetry.flush();
    for (const name of ['GET', 'root']) {
      expect(named(receiver, name)).toMatchObject({ traceId: HOST.traceId, parentSpanId: HOST.spanId });
    }
  });
});

describe('a span', () => {
  it('has what it is told, and what its process is', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver, { site: { name: 'func-flotilla', region: 'West Europe' } });
    await telemetry.span({ name: 'GET', kind: 'client', attributes: { cluster: 'aks-1', tries: 2 } }, async (span) => {
      span.set({ 'http.response.status_code': 200, tries: 3 });
    });
    await telemetry.flush();
    const span = named(receiver, 'GET');
    expect(span).toMatchObject({ kind: 'client', parentSpanId: '', status: { code: 'unset' } });
    expect(span.attributes).toEqual({ cluster: 'aks-1', tries: 3, 'http.response.status_code': 200 });
    expect(span.resource).toMatchObject({
      'service.name': 'flotilla',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      'faas.name': 'func-flotilla',
      'cloud.region': 'West Europe',
    });
  });

  it('is the parent of what happens within it, however much happens at once', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    const invocation = (name: string): Promise<void> =>
      telemetry.span({ name, kind: 'consumer' }, async () => {
        await new Promise(setImmediate);
        await telemetry.span({ name: `in ${name}`, kind: 'client' }, nothing);
      });
    await Promise.all(['a', 'b', 'c'].map(invocation));
    await telemetry.flush();
    for (const name of ['a', 'b', 'c']) {
      expect(named(receiver, `in ${name}`).parentSpanId).toBe(named(receiver, name).spanId);
    }
    expect(new Set(receiver.spans().map(({ traceId }) => traceId)).size).toBe(3);
  });

  it('is the child of who asked for it rather than of what is around it', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    const asked = { name: 'asked', kind: 'server', traceParent: HOST_PARENT } as const;
    await telemetry.span({ name: 'around', kind: 'internal' }, () => telemetry.span(asked, nothing));
    await telemetry.flush();
    expect(named(receiver, 'asked')).toMatchObject({ traceId: HOST.traceId, parentSpanId: HOST.spanId });
  });

  it.each(['', 'nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', `ff-${HOST_PARENT.slice(3)}`])(
    'begins a trace of its own where the one it came from is %j',
    async (traceParent) => {
      const receiver = await collector();
      const telemetry = telemetryTo(receiver);
      await telemetry.span({ name: 'GET', kind: 'server', traceParent }, nothing);
      await telemetry.flush();
      expect(named(receiver, 'GET')).toMatchObject({ parentSpanId: '', links: [] });
    },
  );
});

describe('failed work', () => {
  const SECRET = 'Bearer hunter2';
  const withRequest = Object.assign(new Error(`Too many requests. ${'x'.repeat(2000)}`), {
    code: 'TooManyRequests',
    request: { headers: { authorization: SECRET }, body: SECRET },
    response: { bodyAsText: SECRET },
    cause: new Error(SECRET),
  });

  async function spanOf(error: unknown): Promise<ReceivedSpan> {
    const receiver = await collector();
    const telemetry: Telemetry = telemetryTo(receiver);
    const work = telemetry.span({ name: 'PUT', kind: 'client' }, () => Promise.reject(error as Error));
    await expect(work).rejects.toBe(error);
    await telemetry.flush();
    return named(receiver, 'PUT');
  }

  it('marks its span with the code and the beginning of the message, and with nothing that an SDK added', async () => {
    const span = await spanOf(withRequest);
    expect(span.attributes).toEqual({ 'error.type': 'TooManyRequests', 'flotilla.error.code': 'TooManyRequests' });
    expect(span.status).toMatchObject({ code: 'error', message: withRequest.message.slice(0, 500) });
    expect(JSON.stringify(span)).not.toContain('hunter2');
  });

  it('is that of an answer too that says so', async () => {
    const receiver = await collector();
    const telemetry = telemetryTo(receiver);
    await telemetry.span({ name: 'GET', kind: 'client' }, async (span) => span.set({ 'error.type': '404' }));
    await telemetry.flush();
    expect(named(receiver, 'GET')).toMatchObject({
      attributes: { 'error.type': '404', 'flotilla.error.code': '404' },
      status: { code: 'error' },
    });
  });

  it.each([
    [new TypeError('x is undefined'), 'TypeError', 'x is undefined'],
    [Object.assign(new Error('odd'), { code: 7 }), 'Error', 'odd'],
    ['just text, which may be a body', 'string', undefined],
  ])('marks it as failed when %s is thrown', async (error, type, text) => {
    const span = await spanOf(error);
    expect(span.attributes).toEqual({ 'error.type': type, 'flotilla.error.code': type });
    expect(span.status).toEqual({ code: 'error', ...(text !== undefined && { message: text }) });
  });
});
