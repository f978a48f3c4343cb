import { describe, expect, it } from 'vitest';
import { deepFreeze, Lru } from '../../../src/adapters/tables/lru.ts';

describe('Lru', () => {
  it('forgets the value that was used longest ago', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    expect(lru.get('a')).toBe(1);
    lru.set('c', 3);
    expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([1, undefined, 3]);
  });

  it('counts a value that is set again once', () => {
    const lru = new Lru<number>(2);
    for (const value of [1, 2, 3]) lru.set('a', value);
    lru.set('b', 9);
    expect([lru.get('a'), lru.get('b')]).toEqual([3, 9]);
  });
});

describe('deepFreeze', () => {
  it('freezes every level', () => {
    const frozen = deepFreeze({ list: [{ text: 'x' }], none: null });
    expect(() => (frozen.list[0]!.text = 'y')).toThrow(TypeError);
    expect(() => frozen.list.push({ text: 'z' })).toThrow(TypeError);
  });
});
