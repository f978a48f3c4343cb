import { describe, expect, it } from 'vitest';
import { claimsOfOthers, findConflict, type Claimant } from '../../../src/core/bindings/conflict.ts';
import { cluster } from '../clusters.ts';
import { binding } from './records.ts';

const fleet = ['c0', 'c1', 'c2'].map((name) => cluster(name));
const ASSIGNMENT = '/subscriptions/x/providers/Microsoft.Authorization/policyAssignments/a';

function claimant(
  name: string,
  mode: string,
  changes: { names?: string[]; subjects?: string[]; createdAt?: number } = {},
): Claimant {
  const { names, subjects, createdAt = 0 } = changes;
  const source = subjects === undefined ? { lastRollout: true } : { assignment: ASSIGNMENT };
  return {
    name,
    id: name,
    createdAt,
    binding: binding({ source, mode, ...(names && { selector: { names } }) }),
    ...(subjects && { subjects }),
  };
}

describe('two bindings over the same clusters', () => {
  it.each<[string, Claimant, Claimant, boolean]>([
    ['both report', claimant('a', 'report'), claimant('b', 'report'), false],
    ['one corrects what the other reports', claimant('a', 'correct'), claimant('b', 'report'), true],
    ['one reports what the other corrects', claimant('a', 'report'), claimant('b', 'correct'), true],
    ['both correct', claimant('a', 'correct'), claimant('b', 'correct'), true],
    [
      'a correction and a remediation',
      claimant('a', 'correct'),
      claimant('b', 'remediate', { subjects: ['shop'] }),
      true,
    ],
    [
      'two subjects',
      claimant('a', 'remediate', { subjects: ['shop'] }),
      claimant('b', 'report', { subjects: ['other'] }),
      false,
    ],
    [
      'one subject of several',
      claimant('a', 'remediate', { subjects: ['shop', 'x'] }),
      claimant('b', 'report', { subjects: ['y', 'x'] }),
      true,
    ],
    [
      'an assignment that is not about Flux',
      claimant('a', 'correct'),
      claimant('b', 'report', { subjects: [] }),
      false,
    ],
    [
      'nothing about Flux beside everything',
      claimant('a', 'report', { subjects: [] }),
      claimant('b', 'correct'),
      false,
    ],
    ['other clusters', claimant('a', 'correct', { names: ['c0'] }), claimant('b', 'report', { names: ['c1'] }), false],
    ['itself, before it is replaced', claimant('a', 'correct'), claimant('a', 'report'), false],
  ])('%s', (_what, mine, other, isConflict) => {
    expect(findConflict(mine, [other], fleet) !== undefined).toBe(isConflict);
  });

  it('are told with what they share', () => {
    const mine = claimant('a', 'remediate', { subjects: ['shop'], names: ['c0', 'c1'] });
    const other = claimant('b', 'correct', { names: ['c1', 'c2'] });
    const expected = { name: 'b', mode: 'correct', clusters: 1, example: fleet[1]!.id, subject: 'shop' };
    expect(findConflict(mine, [other], fleet)).toEqual(expected);
    expect(findConflict(claimant('a', 'report'), [other], fleet)).toMatchObject({ clusters: 2, subject: undefined });
  });
});

describe('who has the say where bindings came to overlap', () => {
  const mine = claimant('mine', 'correct', { createdAt: 10 });
  it.each<[string, Claimant, string | undefined]>([
    ['one that reports, however young', claimant('b', 'report', { createdAt: 99 }), 'b'],
    ['an older one that writes', claimant('b', 'correct', { createdAt: 9 }), 'b'],
    ['of the same moment, the one with the smaller id', claimant('b', 'correct', { createdAt: 10 }), 'b'],
    ['not a younger one that writes', claimant('z', 'correct', { createdAt: 11 }), undefined],
    ['not one with other subjects', claimant('b', 'report', { subjects: ['other'] }), undefined],
    ['not one with other clusters', claimant('b', 'report', { names: ['c1'] }), undefined],
    ['not itself', claimant('mine', 'report'), undefined],
  ])('%s', (_what, other, expected) => {
    expect(claimsOfOthers(mine, [other])(fleet[0]!, 'shop')).toBe(expected);
  });

  it('is nobody among those that only report', () => {
    expect(claimsOfOthers(claimant('a', 'report'), [claimant('b', 'report')])(fleet[0]!, 'shop')).toBeUndefined();
  });
});
