import { describe, expect, it } from 'vitest';
import { Variables } from '../../src/contracts/variables.ts';

describe('variables', () => {
  it('come out in one shape, and parse to the same again', () => {
    const selector = { names: ['edge-*'] };
    const parsed = Variables.parse({
      text: 'x',
      number: 1.5,
      switch: false,
      both: { value: 2, overrides: [{ selector, value: true }] },
      only: { overrides: [{ selector, value: 'y' }] },
    });
    expect(parsed).toEqual({
      text: { value: 'x', overrides: [] },
      number: { value: '1.5', overrides: [] },
      switch: { value: 'false', overrides: [] },
      both: { value: '2', overrides: [{ selector, value: 'true' }] },
      only: { overrides: [{ selector, value: 'y' }] },
    });
    expect(Variables.parse(parsed)).toEqual(parsed);
  });

  it.each([
    ['nothing', null, /must be a value/],
    ['a list', ['x'], /must be a value/],
    ['neither value nor override', {}, /needs a value, or an override/],
    ['no override in the list', { overrides: [] }, /needs a value, or an override/],
    ['an unknown field', { value: 'x', vaule: 'y' }, /vaule/],
    ['an override without value', { overrides: [{ selector: {} }] }, /must be a value/],
    ['too long a text', 'x'.repeat(1025), /must be a value/],
    ['infinity', Infinity, /must be a value/],
  ])('refuse %s, and say what is expected', (_what, variable, message) => {
    const { success, error } = Variables.safeParse({ v: variable });
    expect(success).toBe(false);
    expect(error?.issues[0]?.path).toEqual(['v']);
    expect(error?.issues[0]?.message).toMatch(message);
  });

  it.each(['1st', 'a b', 'a.b', '', 'x'.repeat(64)])('refuse the name %j', (name) => {
    expect(Variables.safeParse({ [name]: 'x' }).success).toBe(false);
  });

  it('are at most a hundred', () => {
    const some = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`v${n}`, 'x']));
    expect(Variables.safeParse(some(100)).success).toBe(true);
    expect(Variables.safeParse(some(101)).success).toBe(false);
  });
});
