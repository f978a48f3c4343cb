import { describe, expect, it } from 'vitest';
import { bench, configurationPath, gitBody, healthy, type Bench } from '../support.ts';

async function withFault(rule: object): Promise<Bench & { path: string }> {
  const at = await bench();
  const { status } = await at.admin('PUT', '/admin/faults', { rules: [{ probability: 1, ...rule }] });
  expect(status).toBe(200);
  return { ...at, path: configurationPath(healthy(at.azure)) };
}

describe('injected faults', () => {
  it.each([
    ['throttled', 429, 'TooManyRequests'],
    ['conflict', 409, 'Conflict'],
    ['serverError', 500, 'InternalServerError'],
    ['unavailable', 503, 'ServiceUnavailable'],
  ])('%s answers %i and nothing happens', async (kind, status, code) => {
    const { call, path, azure } = await withFault({ kind, method: 'PUT' });
    const answer = await call('PUT', path, gitBody());
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect((await call('GET', path)).status).toBe(404);
    expect(azure.metrics).toMatchObject({ faults: { [kind]: 1 }, throttled: 0, conflicts: 0 });
  });

  it('throttled and unavailable carry Retry-After when asked to', async () => {
    const { call, path } = await withFault({ kind: 'unavailable', retryAfterSeconds: 7 });
    expect((await call('GET', path)).headers.get('retry-after')).toBe('7');
  });

  it('timeoutBefore drops the connection and nothing happens', async () => {
    const { call, path } = await withFault({ kind: 'timeoutBefore', method: 'PUT' });
    await expect(call('PUT', path, gitBody())).rejects.toThrow('fetch failed');
    expect((await call('GET', path)).status).toBe(404);
  });

  it('timeoutAfter drops the connection although it happened', async () => {
    const { call, path, clock, azure } = await withFault({ kind: 'timeoutAfter', method: 'PUT', delayMs: 1000 });
    const cut = call('PUT', path, gitBody()).then(
      () => 'answered',
      () => 'cut',
    );
    await recorded(azure, 1);
    expect((await call('GET', path)).status).toBe(200);
    clock.advance(1000);
    await expect(cut).resolves.toBe('cut');
    expect(azure.journal.writes.map(({ status }) => status)).toEqual([0]);
  });

  it('silent time-outs never answer; the client gives up', async () => {
    const { path, azure } = await withFault({ kind: 'timeoutAfter', method: 'PUT', silent: true });
    const client = new AbortController();
    const asked = fetch(`${azure.endpoint}${path}?api-version=2025-04-01`, {
      method: 'PUT',
      headers: { authorization: 'Bearer x' },
      body: JSON.stringify(gitBody()),
      signal: client.signal,
    });
    await recorded(azure, 1);
    client.abort();
    await expect(asked).rejects.toThrow(/abort/i);
  });

  it('slow answers come late in local time', async () => {
    const { call, path, clock, azure } = await withFault({ kind: 'slow', method: 'PUT', delayMs: 5000 });
    let answered = false;
    const answer = call('PUT', path, gitBody()).finally(() => (answered = true));
    await recorded(azure, 1);
    expect(answered).toBe(false);
    clock.advance(5000);
    expect((await answer).status).toBe(201);
  });

  it('hit only what the rule names, and only so often', async () => {
    const { call, path } = await withFault({
      kind: 'serverError',
      type: 'fluxConfigurations',
      method: 'GET',
      times: 2,
    });
    expect((await call('GET', '/subscriptions')).status).toBe(200);
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push((await call('GET', path)).status);
    expect(statuses).toEqual([500, 500, 404, 404]);
  });

  it('hit only the paths that contain the text', async () => {
    const { call, path } = await withFault({ kind: 'serverError', pathContains: '/CLUSTER-CONFIG' });
    expect((await call('GET', path)).status).toBe(500);
    expect((await call('GET', path.replace('cluster-config', 'other'))).status).toBe(404);
  });

  it('repeat exactly for a seed, whatever the order of the requests', async () => {
    const outcome = async (seed: number, reversed: boolean): Promise<Map<string, string>> => {
      const at = await bench();
      await at.admin('PUT', '/admin/faults', { seed, rules: [{ kind: 'serverError', probability: 0.4 }] });
      const paths = at.azure.fleet.clusters.map((each) => configurationPath(each));
      const results = new Map<string, string>();
      for (const path of reversed ? paths.toReversed() : paths) {
        const statuses = [(await at.call('GET', path)).status, (await at.call('GET', path)).status];
        results.set(path, statuses.join());
      }
      return results;
    };
    const first = await outcome(3, false);
    expect(await outcome(3, true)).toEqual(first);
    expect(await outcome(4, false)).not.toEqual(first);
    const hits = [...first.values()]
      .join()
      .split(',')
      .filter((status) => status === '500').length;
    expect(hits).toBeGreaterThan(20);
    expect(hits).toBeLessThan(60);
  });

  it('are shown, cleared, and checked', async () => {
    const { admin, call, path } = await withFault({ kind: 'serverError' });
    expect((await admin('GET', '/admin/faults')).body).toMatchObject({ seed: 1, rules: [{ kind: 'serverError' }] });
    await admin('DELETE', '/admin/faults');
    expect((await call('GET', path)).status).toBe(404);
    const wrong = await admin('PUT', '/admin/faults', { rules: [{ kind: 'serverError', probability: 2 }] });
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'InvalidAdminRequest']);
    expect(wrong.body.error.message).toContain('rules.0.probability');
  });
});

/** Waits until the simulator has recorded so many writes. */
async function recorded(azure: Bench['azure'], writes: number): Promise<void> {
  await expect.poll(() => azure.journal.writes.length, { interval: 1 }).toBe(writes);
}
