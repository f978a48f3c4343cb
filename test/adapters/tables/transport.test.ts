import { TableClient } from '@azure/data-tables';
import { expect, it } from 'vitest';
import { Table } from '../../../src/adapters/tables/table.ts';
import { createTransport } from '../../../src/adapters/tables/transport.ts';
import { startHttpFixture } from '../http-fixture.ts';

it('gives a request up at its deadline: its outcome is unknown', async () => {
  const server = await startHttpFixture(() => ({ byHand: () => undefined }));
  const httpClient = createTransport(50);
  const connection = `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=${server.endpoint}/a;`;
  const options = { allowInsecureConnection: true, httpClient, retryOptions: { maxRetries: 0 } };
  const table = new Table(
    TableClient.fromConnectionString(connection, 'budgets', options),
    httpClient,
    () => undefined,
  );
  const timedOut = { name: 'Transient', code: 'StorageTimedOut' };
  await expect(table.get('p', 'r')).rejects.toMatchObject(timedOut);
  await expect(
    table.write(
      'p',
      ['a', 'b'].map((rowKey) => ({ kind: 'delete', rowKey })),
    ),
  ).rejects.toMatchObject(timedOut);
  await server.close();
});
