import { describe, expect, it } from 'vitest';
import { createFrozenCopy } from '../../../src/adapters/memory/frozen-copy.ts';

describe('createFrozenCopy', () => {
  it('copies in depth and freezes the copy, not the original', () => {
    const given = { list: [{ text: 'x' }], none: null };
    const copy = createFrozenCopy()(given);
    expect(copy).toEqual(given);
    given.list[0]!.text = 'changed';
    expect(copy.list[0]?.text).toBe('x');
    expect(() => copy.list.pop()).toThrow(TypeError);
  });

  it('takes parts that are copies already as they are', () => {
    const frozenCopy = createFrozenCopy();
    const first = frozenCopy({ part: { n: 1 }, other: 1 });
    const second = frozenCopy({ ...first, other: 2 });
    expect(second.part).toBe(first.part);
  });

  it('copies what only looks frozen', () => {
    const inner = { n: 1 };
    const copy = createFrozenCopy()(Object.freeze({ inner }));
    inner.n = 2;
    expect(copy.inner.n).toBe(1);
  });

  it('drops undefined fields, as JSON does', () => {
    expect(Object.keys(createFrozenCopy()({ a: undefined, b: 1 }))).toEqual(['b']);
  });

  it.each([[new Date(0)], [new Map()], [Number.NaN], [[undefined]], [1n], [() => 1]])('refuses %s', (value) => {
    expect(() => createFrozenCopy()({ value })).toThrow(/stored/);
  });
});
