import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FunctionApp } from '../../../local/functions-host/function-app.ts';
import { readHostJson } from '../../../local/functions-host/host-json.ts';
import { Routes } from '../../../local/functions-host/http/routes.ts';
import { Invoker } from '../../../local/functions-host/invoker.ts';
import { Triggers } from '../../../local/functions-host/triggers.ts';
import { ManualClock } from '../../../local/clock.ts';
import type { RpcBindingInfo } from '../../../local/functions-host/rpc-types.ts';
import { startFixture, temporaryFile } from './support.ts';

function appOf(...functions: [name: string, trigger: RpcBindingInfo][]): FunctionApp {
  const app = new FunctionApp(() => undefined);
  for (const [name, trigger] of functions) app.addFunction({ name, bindings: { trigger } }, () => undefined);
  return app;
}

function http(route: string, methods = ['GET']): RpcBindingInfo {
  return { type: 'httpTrigger', authLevel: 'anonymous', route, methods };
}

async function triggersOf(app: FunctionApp): Promise<Triggers> {
  const clock = new ManualClock();
  const model = { name: 'none', version: '0', getInvocationModel: () => expect.fail('nothing is invoked here') };
  const invoker = new Invoker({ app, model, clock, log: () => undefined, timeoutMs: undefined });
  const hostJson = await readHostJson(await temporaryFile('host.json', '{"version":"2.0"}'));
  return new Triggers([...app.functions.values()], {
    invoker,
    clock,
    hostJson,
    stateFolder: undefined,
    log: () => undefined,
  });
}

test('two functions with one name, or a function without a trigger, are refused', () => {
  expect(() => appOf(['a', http('x')], ['a', http('y')])).toThrow(/DUPLICATE_FUNCTION: .*"a"/);
  expect(() => appOf(['a', { type: 'http', direction: 'out' }])).toThrow(/NO_TRIGGER: .*"a"/);
});

test('one route may have a function for each method, but not two for one method', () => {
  const routes = new Routes(
    appOf(['read', http('items/{id}')], ['write', http('items/{id}', ['put'])]).functions.values(),
    '',
  );
  expect(routes.match('GET', '/items/1')?.route.fn.metadata.name).toBe('read');
  expect(routes.match('PUT', '/items/1')).toMatchObject({
    route: { fn: { metadata: { name: 'write' } } },
    params: { id: '1' },
  });
  expect(() => new Routes(appOf(['a', http('x')], ['b', http('x')]).functions.values(), '')).toThrow(
    /ROUTE_TAKEN: Function "b": GET \/x/,
  );
});

test('a literal segment wins over a parameter', () => {
  const app = appOf(['one', http('items/{id}')], ['all', http('items/all')]);
  expect(new Routes(app.functions.values(), 'api').match('GET', '/api/items/all')?.route.fn.metadata.name).toBe('all');
});

test('a binding the host cannot serve names the function and the reason', async () => {
  const queue = { type: 'serviceBusTrigger', connection: 'NO_SUCH_SETTING', queueName: 'q' };
  await expect(triggersOf(appOf(['blobs', { type: 'blobTrigger' }]))).rejects.toThrow(
    /UNKNOWN_TRIGGER: Function "blobs"/,
  );
  await expect(triggersOf(appOf(['q', queue]))).rejects.toThrow(
    /NO_CONNECTION: Function "q" needs the app setting "NO_SUCH_SETTING"/,
  );
  await expect(triggersOf(appOf(['q', { ...queue, cardinality: 'many' }]))).rejects.toThrow(/NO_BATCHES: Function "q"/);
  await expect(triggersOf(appOf(['q', { ...queue, queueName: 7 }]))).rejects.toThrow(
    /BAD_BINDING: Function "q".*queueName/s,
  );
  expect(() => new Routes(appOf(['h', { type: 'httpTrigger', methods: ['BREW'] }]).functions.values(), '')).toThrow(
    /BAD_BINDING: Function "h"/,
  );
});

test('a port that is taken is said so', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(startFixture('http', { port })).rejects.toThrow(`NO_PORT: Port ${port}`);
});

test('close drains, runs the terminate hook with what appStart left, and may be called again', async () => {
  const { host } = await startFixture('http');
  await Promise.all([host.close(), host.close()]);
  expect(process.env['FIXTURE_TERMINATED']).toBe('started');
});

test('two hosts may run in one process, one after the other loaded', async () => {
  const first = await startFixture('http');
  const second = await startFixture('http');
  onTestFinished(async () => void (await Promise.all([first.host.close(), second.host.close()])));
  expect(await (await fetch(`${first.base}/api/hello`)).text()).toBe('hello');
  expect(await (await fetch(`${second.base}/api/hello`)).text()).toBe('hello');
  expect(first.host.invocations.get('hello')).toEqual({ started: 1, succeeded: 1, failed: 0 });
});
