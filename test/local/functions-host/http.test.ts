import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REQUEST_BODY_BYTES_MAX } from '../../../local/functions-host/http/request-body.ts';
import { startFixture } from './support.ts';
import type { StartedFixture } from './support.ts';

let fixture: StartedFixture;
beforeAll(async () => {
  fixture = await startFixture('http', { keys: { default: 'key-1', operator: 'key-2', _master: 'key-3' } });
});
afterAll(async () => fixture.host.close());

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${fixture.base}${path}`, init);
}

describe('registration', () => {
  test('the host lists every function with its trigger and options', () => {
    const echo = fixture.host.functions.find((fn) => fn.name === 'echo');
    expect(echo).toMatchObject({
      trigger: 'httpTrigger',
      options: { route: 'rollouts/{id:int}/{action?}', methods: ['GET', 'POST', 'HEAD'] },
    });
    expect(fixture.host.functions.map((fn) => fn.name)).toContain('throws');
  });

  test('hooks run: appStart before the first call, preInvocation and postInvocation around each', async () => {
    expect(await (await get('/api/hooked')).json()).toEqual({ started: true, before: 'pre saw it' });
  });
});

describe('request', () => {
  test('method, url, params, query, headers and body arrive', async () => {
    const response = await get('/api/rollouts/12/approve?x=1&x=2&y=%20', {
      method: 'POST',
      headers: { 'x-agent': 'test', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      body: '{"a":1}',
    });
    expect(await response.json()).toEqual({
      method: 'POST',
      url: `${fixture.base}/api/rollouts/12/approve?x=1&x=2&y=%20`,
      params: { id: '12', action: 'approve' },
      query: { x: '1,2', y: ' ' },
      agent: 'test',
      body: '{"a":1}',
      traceParent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/) as string,
      triggerMetadata: 'none',
    });
  });

  test('a function without a route is found under its name, whatever the case and with a trailing slash', async () => {
    expect(await (await get('/API/Hello/')).text()).toBe('hello');
  });

  test('an optional parameter may be missing, a constraint must match, a catch-all takes the rest', async () => {
    expect(await (await get('/api/rollouts/7')).json()).toMatchObject({ params: { id: '7' } });
    expect((await get('/api/rollouts/seven')).status).toBe(404);
    expect(await (await get('/api/files/a/b%20c.txt')).json()).toEqual({ path: 'a/b c.txt' });
    expect((await get('/api/files')).status).toBe(200);
  });

  test('an unknown path and a known path with another method are both 404, as on the platform', async () => {
    expect((await get('/api/unknown')).status).toBe(404);
    expect((await get('/hello')).status).toBe(404);
    expect((await get('/api/hello', { method: 'DELETE' })).status).toBe(404);
    expect((await get('/api/hello', { method: 'HEAD' })).status).toBe(404);
  });

  test('a body over the limit is refused with 413 before the handler runs, announced or not', async () => {
    const announced = request(`${fixture.base}/api/size`, {
      method: 'POST',
      headers: { 'content-length': REQUEST_BODY_BYTES_MAX + 1 },
    });
    announced.on('error', () => undefined).flushHeaders();
    const [refused] = (await once(announced, 'response')) as [{ statusCode: number }];
    expect(refused.statusCode).toBe(413);
    announced.destroy();

    const chunked = request(`${fixture.base}/api/size`, { method: 'POST' });
    chunked.on('error', () => undefined);
    const answer = once(chunked, 'response') as Promise<[{ statusCode: number }]>;
    const megabyte = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent <= REQUEST_BODY_BYTES_MAX && !chunked.destroyed; sent += megabyte.length) {
      if (!chunked.write(megabyte)) await Promise.race([once(chunked, 'drain'), answer]);
    }
    expect((await answer)[0].statusCode).toBe(413);
    chunked.destroy();
    expect(fixture.host.invocations.get('size')).toBeUndefined();
  });

  test('a body of a megabyte arrives whole', async () => {
    const response = await get('/api/size', { method: 'POST', body: Buffer.alloc(1024 * 1024, 7) });
    expect(await response.json()).toBe(1024 * 1024);
  });

  test('a client that gives up within its body leaves the host alive', async () => {
    const socket = connect(fixture.host.port, '127.0.0.1');
    socket.write('POST /api/size HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf');
    await once(socket, 'connect');
    socket.destroy();
    expect((await get('/api/hello')).status).toBe(200);
  });
});

describe('response', () => {
  test('status, headers, cookies and JSON body', async () => {
    const response = await get('/api/rollouts/1');
    expect(response.status).toBe(201);
    expect(response.headers.get('x-echo')).toBe('yes');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.getSetCookie()).toEqual(['session=a%20b; Max-Age=60; SameSite=Lax; HttpOnly']);
  });

  test('bytes and streams', async () => {
    expect([...new Uint8Array(await (await get('/api/bytes')).arrayBuffer())]).toEqual([0, 1, 2, 255]);
    expect(await (await get('/api/stream')).text()).toBe('one two');
  });

  test('HEAD answers headers and length without a body', async () => {
    const head = request(`${fixture.base}/api/rollouts/1`, { method: 'HEAD' }).end();
    const [response] = (await once(head, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(201);
    expect(Number(response.headers['content-length'])).toBeGreaterThan(100);
    expect(await text(response)).toBe('');
  });

  test('a handler that returns nothing answers 204', async () => {
    expect((await get('/api/nothing')).status).toBe(204);
  });
});

describe('keys', () => {
  test.each([
    ['no key', '/api/keyed', {}, 401],
    ['a wrong key', '/api/keyed', { 'x-functions-key': 'wrong' }, 401],
    ['a key in the header', '/api/keyed', { 'x-functions-key': 'key-2' }, 200],
    ['a key in the query', '/api/keyed?code=key-1', {}, 200],
    ['a wrong header beside a right query', '/api/keyed?code=key-1', { 'x-functions-key': 'wrong' }, 401],
    ['the master key for a function', '/api/keyed', { 'x-functions-key': 'key-3' }, 200],
    ['an ordinary key for admin', '/api/admin', { 'x-functions-key': 'key-1' }, 401],
    ['the master key for admin', '/api/admin', { 'x-functions-key': 'key-3' }, 200],
  ])('%s', async (_, path, headers, status) => {
    expect((await get(path, { headers })).status).toBe(status);
  });

  test('the handler sees the key that was sent and an Easy Auth user, but no name of the key', async () => {
    const principal = Buffer.from(JSON.stringify({ auth_typ: 'aad', claims: [] })).toString('base64');
    const headers = {
      'x-functions-key': 'key-2',
      'x-ms-client-principal': principal,
      'x-ms-client-principal-id': 'id-1',
      'x-ms-client-principal-name': 'ann@example.com',
      'x-ms-client-principal-idp': 'aad',
    };
    const seen = (await (await get('/api/keyed', { headers })).json()) as Record<string, unknown>;
    expect(seen['key']).toBe('key-2');
    expect(seen['user']).toMatchObject({ type: 'AppService', id: 'id-1', username: 'ann@example.com' });
  });
});

describe('failures', () => {
  test.each(['error', 'string', 'cyclic', 'hostile'])('a thrown %s is 500, logged and counted', async (kind) => {
    const failedBefore = fixture.host.invocations.get('throws')?.failed ?? 0;
    const response = await get(`/api/throws/${kind}`);
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(fixture.host.invocations.get('throws')?.failed).toBe(failedBefore + 1);
    expect(fixture.logs.at(-1)).toMatchObject({
      kind: 'invocation',
      function: 'throws',
      outcome: 'failed',
      level: 'error',
    });
  });

  test('a thrown undefined is success, as on the platform, but warned about', async () => {
    expect((await get('/api/throws/nothing')).status).toBe(204);
    expect(
      fixture.logs.find((entry) => entry.level === 'warning' && entry.message.includes('threw undefined')),
    ).toBeDefined();
  });

  test('a response that is no response is 500', async () => {
    expect((await get('/api/badResponse')).status).toBe(500);
    expect(fixture.logs.at(-1)?.message).toContain('RangeError');
  });
});

test('each invocation logs one line with its id and duration, and context.log lines by level through log hooks', async () => {
  await get('/api/rollouts/99');
  const end = fixture.logs.at(-1)!;
  expect(end).toMatchObject({
    kind: 'invocation',
    function: 'echo',
    outcome: 'succeeded',
    durationMs: expect.any(Number) as number,
  });
  const lines = fixture.logs.filter((entry) => entry.kind === 'log' && entry.invocationId === end.invocationId);
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['information', '[hook] echo of 99'],
    ['debug', '[hook] a detail'],
  ]);
});
