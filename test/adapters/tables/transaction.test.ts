import { TableClient } from '@azure/data-tables';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTables } from '../../../src/adapters/tables/tables.ts';
import { type Operation, transactionRequest } from '../../../src/adapters/tables/transaction.ts';
import { type HttpFixture, startHttpFixture } from '../http-fixture.ts';

const PARTITION = 'p-1';
const ETAG = `W/"datetime'2026-01-01T00%3A00%3A00.0000000Z'"`;

/** The SDK is the reference for the wire format; its request is caught here and compared with ours. */
describe('transactionRequest', () => {
  let server: HttpFixture;
  let client: TableClient;
  beforeEach(async () => {
    server = await startHttpFixture(() => ({ status: 400 }));
    client = TableClient.fromConnectionString(connectionString(server), 'rollouts', { allowInsecureConnection: true });
  });
  afterEach(() => server.close());

  it('is what the SDK sends, apart from the ETag of a delete', async () => {
    const columns = { schema: 1, d0: `{"text":"a\\"b'c/ é😀"}`, b0: Buffer.from([0, 255, 10, 13]) };
    const entity = { partitionKey: PARTITION, ...columns };
    await client
      .submitTransaction([
        ['create', { ...entity, rowKey: 'c|00000001' }],
        ['upsert', { ...entity, rowKey: 'c|00000002' }, 'Replace'],
        ['update', { ...entity, rowKey: 'c|00000003' }, 'Replace', { etag: ETAG }],
        ['delete', { ...entity, rowKey: 'c|00000004' }],
      ])
      .catch(() => undefined);
    const ours = transactionRequest(client, PARTITION, [
      { kind: 'insert', rowKey: 'c|00000001', columns },
      { kind: 'upsert', rowKey: 'c|00000002', columns },
      { kind: 'replace', rowKey: 'c|00000003', columns, version: ETAG },
      { kind: 'delete', rowKey: 'c|00000004' },
    ]);
    const [theirs] = server.requests;
    expect(new URL(ours.url).pathname).toBe(theirs?.url);
    expect(partsOf(bodyOf(ours))).toEqual(partsOf(theirs?.body ?? ''));
  });

  it('carries the ETag of a delete', () => {
    const operations: Operation[] = [
      { kind: 'delete', rowKey: 'c|1', version: ETAG },
      { kind: 'delete', rowKey: 'c|2' },
    ];
    const parts = partsOf(bodyOf(transactionRequest(client, PARTITION, operations)));
    expect(parts.map((part) => part.ifMatch)).toEqual([ETAG, '*']);
  });

  it('is signed as every other request', async () => {
    const tables = createTables({ connectionString: connectionString(server) });
    const activate = tables.rolloutIndex.activate({ rolloutId: 'x', subjects: ['c'], createdAt: 1 }, 'none');
    await activate.catch(() => undefined);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(/^SharedKeyLite devstore:/) as string,
      'x-ms-version': '2019-02-02',
      'content-type': expect.stringMatching(/^multipart\/mixed; boundary=batch_/) as string,
    });
  });

  it('keeps what stands behind the path of the account: a shared access signature', () => {
    const signed = new TableClient('https://account.example/?sv=1&sig=abc', 'rollouts');
    const request = transactionRequest(signed, PARTITION, [
      { kind: 'delete', rowKey: 'a' },
      { kind: 'delete', rowKey: 'b' },
    ]);
    expect(request.url).toBe('https://account.example/$batch?sv=1&sig=abc');
    expect(bodyOf(request)).not.toContain('sig=abc');
  });

  it('is refused when it is larger than the service takes', () => {
    const columns = { b0: Buffer.alloc(900_000) };
    const operations = ['a', 'b', 'c', 'd'].map((rowKey): Operation => ({ kind: 'upsert', rowKey, columns }));
    expect(() => transactionRequest(client, PARTITION, operations)).toThrow(/too large/);
  });
});

function connectionString(server: HttpFixture): string {
  return `DefaultEndpointsProtocol=http;AccountName=devstore;AccountKey=${Buffer.from('key').toString('base64')};TableEndpoint=${server.endpoint}/devstore;`;
}

function bodyOf({ body }: { body?: unknown }): string {
  if (typeof body !== 'string') throw new Error('A transaction is text.');
  return body;
}

/** What the service sees of each operation. */
function partsOf(
  body: string,
): { request: string; ifMatch: string | undefined; prefer: string | undefined; entity: unknown }[] {
  return body
    .split(/\r\n--changeset_[0-9a-f-]+(?:--)?\r\n/)
    .slice(1, -1)
    .map((part) => {
      const header = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'im').exec(part)?.[1]?.trim();
      const json = /\{.*\}/.exec(part)?.[0];
      return {
        request: decodeURIComponent(/^\w+ http:\S+ HTTP\/1\.1/m.exec(part)?.[0] ?? ''),
        ifMatch: header('If-Match'),
        prefer: header('Prefer'),
        entity: json === undefined ? undefined : (JSON.parse(json) as unknown),
      };
    });
}
