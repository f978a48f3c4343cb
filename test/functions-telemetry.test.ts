import { app as functions } from '@azure/functions';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { coreModule } from '../local/functions-host/core-module.ts';
import { FunctionApp } from '../local/functions-host/function-app.ts';
import { Invoker, type TriggerInput } from '../local/functions-host/invoker.ts';
import { MemoryTelemetry } from '../src/adapters/memory/telemetry.ts';
import { Bench } from './app/support.ts';
import { edgeOf } from './http/support.ts';

const ROLLOUT = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const bench = new Bench([]);
let telemetry = new MemoryTelemetry();
const flushed = vi.fn<() => void>();
vi.mock('../src/compose.ts', () => ({
  app: () => edgeOf({ ...bench.deps, telemetry }),
  endTelemetry: async () => flushed(),
}));

/** What handlers were called with, and what they do instead of answering 202. */
const calls: { readonly input: unknown; readonly functionName: string }[] = [];
let answer: () => unknown = () => ({ status: 202 });
const handler = async (input: unknown, { functionName }: { functionName: string }) => {
  calls.push({ input, functionName });
  return answer() as object;
};

const host = new FunctionApp(() => undefined);
const model = await coreModule.collect(host, async () => {
  await import('../functions/telemetry.ts');
  functions.post('post-command', { route: 'rollouts/{id}/{command}', handler });
  functions.get('get-rollout', { route: 'rollouts/{id}', handler });
  functions.serviceBusQueue('run-operation', { connection: 'ServiceBus', queueName: 'operations', handler });
  const dead = 'operations/$deadletterqueue';
  functions.serviceBusQueue('account-dead-operation', { connection: 'ServiceBus', queueName: dead, handler });
  functions.timer('wake-overdue', { schedule: '0 * * * * *', handler });
});
const invoker = new Invoker({ app: host, model, clock: bench.clock, log: () => undefined, timeoutMs: undefined });

function invoke(name: string, input: Partial<TriggerInput>) {
  const traceParent = `00-${TRACE}-b7ad6b7169203331-00`;
  return invoker.invoke(host.functions.get(name)!, { data: {}, metadata: {}, traceParent, ...input });
}

const http = (method: string) => ({
  data: {
    http: { method, url: `http://localhost/api/rollouts/${ROLLOUT}`, params: { id: ROLLOUT, command: 'pause' } },
  },
});

const message = (body: object, deliveryCount = 1) => ({
  data: { json: JSON.stringify(body) },
  metadata: {
    DeliveryCount: { int: deliveryCount },
    EnqueuedTimeUtc: { json: JSON.stringify(new Date(bench.clock.now() - 2500)) },
  },
});
const operation = { schema: 1, rolloutId: ROLLOUT, ordinal: 7, attempt: 2, step: 3 };

beforeEach(() => {
  telemetry = new MemoryTelemetry();
  calls.length = 0;
  answer = () => ({ status: 202 });
});

describe('every invocation is a span', () => {
  it('of a command, in the trace of its rollout', async () => {
    const outcome = await invoke('post-command', http('POST'));
    expect(outcome).toMatchObject({ succeeded: true, response: { outputData: [] } });
    expect(telemetry.spans).toMatchObject([
      {
        name: 'POST rollouts/{id}/{command}',
        kind: 'server',
        rolloutId: ROLLOUT,
        traceParent: expect.stringMatching(`^00-${TRACE}-[0-9a-f]{16}-00$`) as string,
        failed: false,
      },
    ]);
    expect(telemetry.spans[0]?.attributes).toEqual({
      'faas.invocation_id': expect.any(String) as string,
      'faas.name': 'post-command',
      'flotilla.rollout.id': ROLLOUT,
      'http.request.method': 'POST',
      'http.route': 'rollouts/{id}/{command}',
      'http.response.status_code': 202,
    });
    expect(telemetry.recorded).toEqual([]);
  });

  it('of somebody who only looks, in no trace of a rollout', async () => {
    await invoke('get-rollout', http('GET'));
    expect(telemetry.spans).toMatchObject([{ name: 'GET rollouts/{id}', rolloutId: undefined }]);
  });

  it.each([
    [404, undefined],
    [500, '500'],
  ])('of an answer %i has failed as %s', async (status, failure) => {
    answer = () => ({ status });
    await invoke('get-rollout', http('GET'));
    expect(telemetry.spans[0]?.attributes).toMatchObject({ 'http.response.status_code': status });
    expect(telemetry.spans[0]?.attributes['error.type']).toBe(failure);
  });

  it('of a message, in the trace of the rollout that it names; how long it waited is measured', async () => {
    await invoke('run-operation', message(operation, 3));
    expect(calls).toEqual([{ input: operation, functionName: 'run-operation' }]);
    expect(telemetry.spans).toMatchObject([{ name: 'run-operation', kind: 'consumer', rolloutId: ROLLOUT }]);
    expect(telemetry.spans[0]?.attributes).toEqual({
      'faas.invocation_id': expect.any(String) as string,
      'messaging.system': 'servicebus',
      'messaging.destination.name': 'operations',
      'messaging.servicebus.message.delivery_count': 3,
      'flotilla.rollout.id': ROLLOUT,
      'flotilla.cluster.ordinal': 7,
      'flotilla.cluster.attempt': 2,
    });
    expect(telemetry.recorded).toEqual([
      { name: 'flotilla.queue.age', seconds: 2.5, attributes: { queue: 'operations' } },
    ]);
  });

  it('of a message that was put off, in the trace of the rollout that it was about', async () => {
    await invoke('run-operation', message({ schema: 1, kind: 'putOff', id: 'm1', times: 1, body: operation }));
    expect(telemetry.spans).toMatchObject([{ rolloutId: ROLLOUT }]);
  });

  it.each([['no object'], [{ rolloutId: 5 }], [null], [[operation]]])(
    'of a message %j that names none, in none',
    async (body) => {
      const outcome = await invoke('account-dead-operation', { data: { json: JSON.stringify(body) } });
      expect(outcome.succeeded).toBe(true);
      expect(telemetry.spans).toMatchObject([{ name: 'account-dead-operation', rolloutId: undefined }]);
      expect(telemetry.spans[0]?.attributes['messaging.destination.name']).toBe('operations/$deadletterqueue');
      expect(telemetry.recorded).toEqual([]);
    },
  );

  it('of a timer', async () => {
    await invoke('wake-overdue', { data: { json: '{"isPastDue":true}' } });
    expect(calls).toEqual([{ input: { isPastDue: true }, functionName: 'wake-overdue' }]);
    expect(telemetry.spans).toMatchObject([{ name: 'wake-overdue', kind: 'internal' }]);
  });

  it('that fails, as the invocation does, when its handler throws', async () => {
    answer = () => {
      throw new Error('the table is away');
    };
    const outcome = await invoke('run-operation', message(operation));
    expect(outcome).toMatchObject({ succeeded: false, error: expect.stringContaining('the table is away') as string });
    expect(telemetry.spans).toMatchObject([{ name: 'run-operation', failed: true }]);
  });
});

it('when the process ends, what waits is sent', async () => {
  await host.runHooks('appTerminate', { hookData: {}, appHookData: {} });
  expect(flushed).toHaveBeenCalledOnce();
});
