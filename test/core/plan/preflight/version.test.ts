import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBefore, newestMinor, parseMinor } from '../../../../src/core/plan/preflight/version.ts';

describe('versions', () => {
  it.each([
    ['1.24.1', { major: 1, minor: 24 }],
    ['v1.9.0', { major: 1, minor: 9 }],
    ['1.24', { major: 1, minor: 24 }],
    ['1.24.0-rc.1', { major: 1, minor: 24 }],
    ['1', undefined],
    ['latest', undefined],
    ['1.x', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %j', (text, expected) => {
    expect(parseMinor(text)).toEqual(expected);
  });

  it('compare as numbers, the major one first', () => {
    const versions = fc.record({ major: fc.nat(3), minor: fc.nat(120) });
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        expect(isBefore(a, b)).toBe(a.major * 1000 + a.minor < b.major * 1000 + b.minor);
      }),
    );
  });

  it('the newest is that of the fleet, or the one known when the fleet is behind', () => {
    expect(newestMinor(['1.7.0', undefined, 'x'])).toEqual({ major: 1, minor: 24 });
    expect(newestMinor(['1.30.2', '1.9.0'])).toEqual({ major: 1, minor: 30 });
    expect(newestMinor(['2.0.0', '1.99.0'])).toEqual({ major: 2, minor: 0 });
  });
});
