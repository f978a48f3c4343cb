import { expect, test } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { RecentSecrets } from '../../../src/adapters/keyvault/recent-secrets.ts';

test('no more than 500 values are kept, and those read longest ago go first', async () => {
  const recent = new RecentSecrets(new ManualClock());
  const loaded: string[] = [];
  const read = (key: string) =>
    recent.read(key, async () => {
      loaded.push(key);
      return { ok: true, value: key };
    });
  for (let n = 0; n <= 500; n++) await read(`s${n}`);
  loaded.length = 0;
  for (const key of ['s1', 's500', 's0']) await read(key);
  expect(loaded).toEqual(['s0']);
});
