import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createArm } from '../../../src/adapters/arm/arm.ts';
import { RESPONSE_BYTES_MAX } from '../../../src/contracts/limits.ts';
import { countedIn } from '../azure-requests.ts';
import { BODY, clock, CLUSTER, faultOf, FOUND, setUp } from './set-up.ts';

describe('no answer', () => {
  test('a server that is silent is given up at the deadline', async () => {
    const { arm, telemetry } = await setUp(() => ({ byHand: () => undefined }), 100);
    expect(faultOf(await arm.putConfiguration(CLUSTER, 'cfg', BODY))).toMatchObject({ kind: 'timedOut' });
    expect(countedIn(telemetry)).toEqual([{ kind: 'write', status: 'none' }]);
  });

  test('a body that never ends is given up at the deadline, compressed or not', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const { arm } = await setUp(
        () => ({
          byHand: (response) => {
            response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
            response.write(encoding === 'gzip' ? gzipSync('{"a":1}').subarray(0, 12) : '{"a":');
          },
        }),
        200,
      );
      expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({ kind: 'timedOut' });
    }
  });

  test('a connection cut before or inside the answer leaves the outcome unknown', async () => {
    const before = await setUp(() => ({ byHand: (response) => response.destroy() }));
    expect(faultOf(await before.arm.putConfiguration(CLUSTER, 'cfg', BODY))).toMatchObject({ kind: 'unavailable' });
    const inside = await setUp(() => ({
      byHand: (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"a":', () => response.destroy());
      },
    }));
    expect(faultOf(await inside.arm.putConfiguration(CLUSTER, 'cfg', BODY))).toMatchObject({
      kind: 'unavailable',
      code: 'BrokenAnswer',
    });
  });

  test('nobody listens', async () => {
    const { arm, fixture } = await setUp(() => FOUND);
    await fixture.close();
    expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({
      kind: 'unavailable',
      code: 'ECONNREFUSED',
    });
  });

  test('an answer that blows up when unpacked is not read to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(RESPONSE_BYTES_MAX + 1, 0x20));
    const { arm } = await setUp(() => ({
      byHand: (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(bomb);
      },
    }));
    expect(faultOf(await arm.getConfiguration(CLUSTER, 'cfg'))).toMatchObject({
      kind: 'unavailable',
      code: 'AnswerTooLarge',
    });
  });

  test('a token that cannot be had is unavailable, and nothing is sent', async () => {
    const { fixture } = await setUp(() => FOUND);
    const { endpoint } = fixture;
    const credential = { getToken: () => Promise.reject(new Error('identity endpoint is away')) };
    const arm = createArm({ endpoint, credential, clock });
    expect(faultOf(await arm.putConfiguration(CLUSTER, 'cfg', BODY))).toEqual({
      kind: 'unavailable',
      code: 'TokenUnavailable',
      detail: 'identity endpoint is away',
    });
    expect(fixture.requests).toHaveLength(0);
  });

  test('a token that comes after the deadline sends nothing', async () => {
    const { fixture } = await setUp(() => FOUND);
    const late = Promise.withResolvers<{ token: string; expiresOnTimestamp: number }>();
    const aborted = Promise.withResolvers<void>();
    const credential = {
      getToken: (
        _scopes: unknown,
        options?: { abortSignal?: { addEventListener(type: 'abort', run: () => void): void } },
      ) => {
        options?.abortSignal?.addEventListener('abort', () => aborted.resolve());
        return late.promise;
      },
    };
    const arm = createArm({ endpoint: fixture.endpoint, credential, clock, requestTimeoutMs: 50 });
    const result = arm.putConfiguration(CLUSTER, 'cfg', BODY);
    await aborted.promise;
    late.resolve({ token: 'late', expiresOnTimestamp: Date.UTC(9999, 0, 1) });
    expect(faultOf(await result)).toMatchObject({ kind: 'timedOut' });
    expect(fixture.requests).toHaveLength(0);
  });
});
