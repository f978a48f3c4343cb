import { describe } from 'vitest';
import { createMemoryStores } from '../../src/adapters/memory/stores.ts';
import { storeContracts } from './all-stores.ts';

describe('stores in memory', () => {
  storeContracts(async () => createMemoryStores());
});
