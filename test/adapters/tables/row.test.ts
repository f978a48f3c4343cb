import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fromRow, toColumns } from '../../../src/adapters/tables/row.ts';

const row = { table: 't', partitionKey: 'p', rowKey: 'r', version: 'v' };

describe('toColumns', () => {
  it.each(['', 'x', 'xx'])('splits long text between characters, never in one (after %j)', (start) => {
    const value = `${start}${'😀'.repeat(50_000)}`;
    const columns = toColumns(value);
    const chunks = Object.entries(columns).filter(([name]) => name.startsWith('d'));
    expect(chunks).toHaveLength(4);
    for (const [, chunk] of chunks) {
      expect(String(chunk).isWellFormed()).toBe(true);
      expect(String(chunk).length).toBeLessThanOrEqual(32_768);
    }
    expect(fromRow(z.string(), { ...row, columns })).toBe(value);
  });

  it('is undone by fromRow for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const columns = toColumns(value);
        expect(fromRow(z.unknown(), { ...row, columns })).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
