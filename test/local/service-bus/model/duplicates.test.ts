import { expect, test } from 'vitest';
import { DuplicateWindow } from '../../../../local/service-bus/model/duplicates.ts';

test('forgets ids one by one as their window passes, also thousands of them', () => {
  const window = new DuplicateWindow(5_000);
  for (let ms = 0; ms < 10_000; ms += 1) window.remember(`id-${ms}`, ms, ms);
  expect(window.find('id-4998', 9_998)).toBeUndefined();
  expect(window.find('id-4999', 9_998)).toBe(4_999);
  expect(window.find('id-4999', 9_999)).toBeUndefined();
  expect(window.find('id-5000', 9_999)).toBe(5_000);
  expect(window.find('id-9999', 9_999)).toBe(9_999);
});
