import { describe, expect, it } from 'vitest';
import { BindingName, PolicyBinding } from '../../src/contracts/policy-binding.ts';

const ASSIGNMENT =
  '/providers/Microsoft.Management/managementGroups/root/providers/Microsoft.Authorization/policyAssignments/flux';
const raw = (changes: object = {}) => ({ source: { lastRollout: true }, mode: 'correct', every: '15m', ...changes });

/** What is wrong, as `field: message`. */
function problems(body: unknown): string[] {
  const parsed = PolicyBinding.safeParse(body);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a policy binding', () => {
  it('has these defaults, and parsing it again gives the same', () => {
    const parsed = PolicyBinding.parse(raw());
    expect(parsed).toEqual({
      source: { lastRollout: true },
      selector: {},
      mode: 'correct',
      every: 900,
      limits: {
        correctionsPerCluster: 3,
        per: 86_400,
        maxDriftShare: '20%',
        maxConcurrency: 1,
        maxFailures: 0,
        kinds: ['Missing', 'Modified'],
      },
    });
    expect(PolicyBinding.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  it.each<[string, object]>([
    ['an assignment that is remediated', raw({ source: { assignment: ASSIGNMENT }, mode: 'remediate' })],
    ['an assignment that is reported', raw({ source: { assignment: ASSIGNMENT.toLowerCase() }, mode: 'report' })],
    [
      'a selector and limits',
      raw({
        selector: { tags: { env: 'prod' } },
        limits: { per: '168h', maxDriftShare: '100%', kinds: ['Unmanaged'] },
      }),
    ],
  ])('takes %s', (_what, body) => {
    expect(problems(body)).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['no source', { mode: 'report', every: '1h' }, /^source: must be \{lastRollout/],
    ['two sources', raw({ source: { lastRollout: true, assignment: ASSIGNMENT } }), /^source: /],
    ['a source that is off', raw({ source: { lastRollout: false } }), /^source: /],
    [
      'a definition instead of an assignment',
      raw({ source: { assignment: ASSIGNMENT.replace('Assignments', 'Definitions') }, mode: 'report' }),
      /^source.assignment: must be the ARM id/,
    ],
    ['a correction by an assignment', raw({ source: { assignment: ASSIGNMENT } }), /^mode: rolls out again/],
    ['a remediation without one', raw({ mode: 'remediate' }), /^mode: lets Azure Policy deploy/],
    ['a schedule under a quarter of an hour', raw({ every: '14m59s' }), /^every: must be at least 15m/],
    ['no schedule', raw({ every: undefined }), /^every: /],
    ['a brake that is always on', raw({ limits: { maxDriftShare: '0%' } }), /^limits.maxDriftShare: must be a percent/],
    ['a brake in clusters', raw({ limits: { maxDriftShare: 5 } }), /^limits.maxDriftShare: /],
    ['no corrections at all', raw({ limits: { correctionsPerCluster: 0 } }), /^limits.correctionsPerCluster: /],
    ['a period under an hour', raw({ limits: { per: '59m' } }), /^limits.per: must be at least 1h/],
    ['a period over a week', raw({ limits: { per: '169h' } }), /^limits.per: must be at most 168h/],
    ['a kind that no rollout undoes', raw({ limits: { kinds: ['NotCompliant'] } }), /^limits.kinds.0: /],
    ['no kinds', raw({ limits: { kinds: [] } }), /^limits.kinds: /],
    ['a field that there is not', raw({ schedule: 'daily' }), /Unrecognized key/],
  ])('refuses %s', (_what, body, message) => {
    expect(problems(body)).toEqual([expect.stringMatching(message)]);
  });

  it('has a name that a rollout can carry', () => {
    expect(BindingName.safeParse('a'.repeat(57)).success).toBe(true);
    expect(BindingName.safeParse('a'.repeat(58)).success).toBe(false);
  });
});
