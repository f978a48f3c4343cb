import { expect, it } from 'vitest';
import { createWithin } from '../../../src/adapters/system/within.ts';

it('waits for what ends in time, and gives up what does not', async () => {
  const within = createWithin(0.02);
  expect(await within(Promise.resolve('done'))).toBe('done');
  await expect(within(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const never = new Promise(() => undefined);
  await expect(within(never)).rejects.toMatchObject({ name: 'Transient', message: 'No answer within 0.02 s.' });
});
