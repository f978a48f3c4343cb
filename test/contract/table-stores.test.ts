import { TableServiceClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Azurite, startAzurite } from '../../local/azurite.ts';
import { createTables, TABLE_NAMES } from '../../src/adapters/tables/tables.ts';
import { storeContracts } from './all-stores.ts';

describe('stores on Table Storage (Azurite)', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(() => azurite.stop());

  storeContracts(async () => {
    const service = TableServiceClient.fromConnectionString(azurite.connectionString, {
      allowInsecureConnection: true,
    });
    for (const name of TABLE_NAMES) await service.deleteTable(name);
    const tables = createTables({ connectionString: azurite.connectionString });
    await tables.ensureTables();
    return tables;
  });
});
