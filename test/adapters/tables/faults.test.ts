import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Transient } from '../../../src/contracts/errors.ts';
import type { Tables } from '../../../src/adapters/tables/tables.ts';
import { event, live, newRollout, ROLLOUT_ID, step } from '../../contract/rows.ts';
import { isBatch, odataError, startFaulty, type Faulty } from './set-up.ts';

let faulty: Faulty;
let tables: Tables;
beforeAll(async () => {
  faulty = await startFaulty();
});
afterAll(() => faulty.stop());
beforeEach(() => {
  faulty.fault = () => 'none';
  tables = faulty.open();
});

/** One call of each kind that the stores send. */
const CALLS: Record<string, () => Promise<unknown>> = {
  get: () => tables.rolloutStore.header('x'),
  query: () => tables.rolloutStore.load('x'),
  write: () => tables.budgets.write('p', { fullAt: 1 }, undefined),
  transaction: () => tables.rolloutIndex.activate({ rolloutId: 'x', subjects: ['c'], createdAt: 1 }, 'none'),
};

describe.each(Object.keys(CALLS))('a %s', (kind) => {
  const call = CALLS[kind]!;

  it.each([
    [503, 'ServerBusy', { 'retry-after': '3' }, 3000],
    [429, 'TooManyRequests', { 'x-ms-retry-after-ms': '1500' }, 1500],
    [500, 'OperationTimedOut', {}, undefined],
    [408, 'RequestTimedOut', {}, undefined],
    [502, 'BadGateway', {}, undefined],
    [409, 'TableBeingDeleted', {}, undefined],
  ])('that meets %i %s is Transient, and is not sent again by itself', async (status, code, headers, retryAfterMs) => {
    faulty.fault = () => ({ status, headers, body: odataError(code) });
    const before = faulty.proxy.requests.length;
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Transient);
    expect(error).toMatchObject({ code, retryAfterMs });
    expect(faulty.proxy.requests.length - before).toBe(1);
  });

  it('whose connection breaks is Transient', async () => {
    faulty.fault = () => ({ byHand: (response) => response.destroy() });
    await expect(call()).rejects.toMatchObject({ name: 'Transient', code: 'StorageUnreachable' });
  });

  it('that is forbidden throws what the SDK throws: nothing to wait for', async () => {
    faulty.fault = () => ({ status: 403, body: odataError('AuthorizationPermissionMismatch') });
    await expect(call()).rejects.toMatchObject({ name: 'RestError', statusCode: 403 });
  });

  it('on a missing table tells what to do', async () => {
    faulty.fault = () => ({ status: 404, body: odataError('TableNotFound') });
    await expect(call()).rejects.toThrow(/does not exist.*infra/);
  });
});

describe('an answer that is cut short', () => {
  it.each(['get', 'query', 'transaction'])('of kind %s is Transient', async (kind) => {
    faulty.fault = () => ({
      byHand: (response) => {
        response.writeHead(kind === 'transaction' ? 202 : 200, {
          'content-length': 1000,
          'content-type': 'application/json',
        });
        response.write('{"value": [');
        setImmediate(() => response.destroy());
      },
    });
    await expect(CALLS[kind]!()).rejects.toMatchObject({ name: 'Transient', code: 'StorageUnreachable' });
  });
});

describe('a transaction', () => {
  it('whose 202 tells of fewer rows than it had is Transient: its outcome is unknown', async () => {
    faulty.fault = () => ({ status: 202, headers: { 'content-type': 'multipart/mixed' }, body: '--batchresponse_1--' });
    await expect(CALLS['transaction']!()).rejects.toMatchObject({ name: 'Transient' });
  });

  it('whose first part failed with 503 is Transient', async () => {
    const part = `HTTP/1.1 503 Server busy\r\n\r\n${JSON.stringify(odataError('ServerBusy'))}`;
    const body = `--batchresponse_1\r\n--changesetresponse_1\r\n${part}\r\n--changesetresponse_1--\r\n--batchresponse_1--`;
    faulty.fault = () => ({ status: 202, headers: { 'content-type': 'multipart/mixed' }, body });
    await expect(CALLS['transaction']!()).rejects.toMatchObject({ name: 'Transient', code: 'ServerBusy' });
  });
});

describe('a write whose answer is lost', () => {
  it('has happened: the same commit again is a conflict, and reading shows it', async () => {
    const { rolloutStore: store } = tables;
    await store.create(newRollout(5));
    const commit = await step(store, { insertLive: [live(1)], event: event(2) });
    faulty.fault = (request) => (isBatch(request) ? 'lose the answer' : 'none');
    await expect(store.commit(commit)).rejects.toMatchObject({ name: 'Transient' });
    faulty.fault = () => 'none';
    expect(await store.commit(commit)).toBe('conflict');
    expect((await store.load(ROLLOUT_ID))?.live.map(({ value }) => value)).toEqual([live(1)]);
  });

  it('has added the rollout: activating again says so', async () => {
    const { rolloutIndex: index } = tables;
    const { version } = await index.active();
    const rollout = { rolloutId: '01JDABCDEFGHJKMNPQRSTVWXY1', subjects: ['c'], createdAt: 1 };
    faulty.fault = (request) => (isBatch(request) ? 'lose the answer' : 'none');
    await expect(index.activate(rollout, version)).rejects.toMatchObject({ name: 'Transient' });
    faulty.fault = () => 'none';
    expect(await index.activate(rollout, version)).toBe('added');
  });
});

describe('creating a rollout', () => {
  const id = (last: string): string => `${ROLLOUT_ID.slice(0, -1)}${last}`;
  const create = (rolloutId: string) => {
    const created = newRollout(1500);
    return tables.rolloutStore.create({ ...created, rollout: { ...created.rollout, id: rolloutId } });
  };

  it.each(['A', 'B'])('goes on after a crash before transaction %s', async (last) => {
    let batches = 0;
    faulty.fault = (request) =>
      isBatch(request) && ++batches > (last === 'A' ? 0 : 1) ? { status: 503, body: odataError('ServerBusy') } : 'none';
    await expect(create(id(last))).rejects.toBeInstanceOf(Transient);
    faulty.fault = () => 'none';
    expect(await tables.rolloutStore.load(id(last))).toBeUndefined();
    expect(await create(id(last))).toBe('created');
    expect(await tables.rolloutStore.targets(id(last), { from: 0, to: 2000 })).toHaveLength(1500);
  });

  it('exists when the answer was lost', async () => {
    let batches = 0;
    faulty.fault = (request) => (isBatch(request) && ++batches === 2 ? 'lose the answer' : 'none');
    await expect(create(id('C'))).rejects.toBeInstanceOf(Transient);
    expect(await create(id('C'))).toBe('exists');
  });
});
