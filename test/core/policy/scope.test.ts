import { describe, expect, it, test } from 'vitest';
import type { PolicyAssignment, PolicyExemption } from '../../../src/core/policy/records.ts';
import { ancestorsOf, assignmentReaches, type ReachContext } from '../../../src/core/policy/scope.ts';
import { assignment, CLUSTER, GROUP, SUB } from './support/records.ts';

const NOW = 1_000_000;
const MANAGEMENT = '/providers/Microsoft.Management/managementGroups';

function reach(changes: Partial<PolicyAssignment>, context: Partial<ReachContext> = {}, cluster = CLUSTER): string {
  const result = assignmentReaches(assignment(changes), cluster, {
    ancestors: [],
    exemptions: [],
    now: NOW,
    ...context,
  });
  if (!result.reaches) return result.because;
  return result.enforced ? 'enforced' : 'reported';
}

describe('the scope of an assignment', () => {
  test.each([
    [`/subscriptions/${SUB}`, 'enforced'],
    [`/SUBSCRIPTIONS/${SUB}/`, 'enforced'],
    [GROUP, 'enforced'],
    [GROUP.toUpperCase(), 'enforced'],
    [`${GROUP.slice(0, -1)}`, 'scope'],
    [CLUSTER.id, 'enforced'],
    [`${CLUSTER.id}1`, 'scope'],
    ['/subscriptions/00000000-0000-0000-0000-000000000002', 'scope'],
    [`${MANAGEMENT}/platform`, 'enforced'],
    [`${MANAGEMENT}/PLATFORM/`, 'enforced'],
    [`${MANAGEMENT}/plat`, 'scope'],
    [`${MANAGEMENT}/elsewhere`, 'scope'],
    ['', 'scope'],
    ['/', 'scope'],
  ])('%s: %s', (scope, expected) => {
    expect(reach({ scope }, { ancestors: ['root', `${MANAGEMENT}/Platform`] })).toBe(expected);
  });

  test.each([
    [[GROUP], 'notScope'],
    [[`${GROUP}2`], 'enforced'],
    [['/subscriptions/other', CLUSTER.id.toLowerCase()], 'notScope'],
    [[`${MANAGEMENT}/root`], 'notScope'],
    [[`${MANAGEMENT}/elsewhere`], 'enforced'],
  ])('less %s: %s', (notScopes, expected) => {
    expect(reach({ notScopes }, { ancestors: ['root'] })).toBe(expected);
  });

  it.each([
    ['Default', 'enforced'],
    ['DoNotEnforce', 'reported'],
    ['donotenforce', 'reported'],
    ['Enroll', 'enforced'],
  ])('in mode %s is %s', (enforcementMode, expected) => {
    expect(reach({ enforcementMode })).toBe(expected);
  });

  it('tells the management groups above a subscription by what is assigned there', () => {
    const scopes = [`${MANAGEMENT}/Root`, GROUP, `${MANAGEMENT}/root`, `${MANAGEMENT}/platform`];
    expect(ancestorsOf(scopes.map((scope) => ({ scope })))).toEqual(['root', 'platform']);
  });
});

describe('resource selectors', () => {
  const select = (...groups: readonly object[][]) => ({
    resourceSelectors: groups.map((selectors) => ({ name: 's', selectors })),
  });
  const europe = { kind: 'resourceLocation', in: ['West Europe', 'northeurope'] };
  const arc = { kind: 'resourceType', in: ['microsoft.kubernetes/CONNECTEDCLUSTERS'] };

  test.each([
    ['a region of it', select([europe]), 'enforced'],
    ['another region', select([{ kind: 'resourceLocation', in: ['eastus'] }]), 'selector'],
    ['not its region', select([{ kind: 'resourceLocation', notIn: ['westeurope'] }]), 'selector'],
    ['not another region', select([{ kind: 'resourceLocation', notIn: ['eastus'] }]), 'enforced'],
    ['its type', select([arc]), 'enforced'],
    ['AKS', select([{ kind: 'resourceType', in: ['Microsoft.ContainerService/managedClusters'] }]), 'selector'],
    [
      'all of one group',
      select([europe, { kind: 'resourceType', notIn: ['Microsoft.Kubernetes/connectedClusters'] }]),
      'selector',
    ],
    ['any of two groups', select([{ kind: 'resourceLocation', in: ['eastus'] }], [arc]), 'enforced'],
    [
      'what has no location',
      select([{ kind: 'resourceWithoutLocation', in: ['subscriptionLevelResources'] }]),
      'selector',
    ],
    ['who sends the request', select([{ kind: 'userPrincipalId', in: ['somebody'] }]), 'enforced'],
    ['nobody', select([{ kind: 'resourceLocation', in: [] }]), 'selector'],
  ])('%s', (_case, changes, expected) => {
    expect(reach(changes)).toBe(expected);
  });
});

describe('an exemption', () => {
  const exemption = (changes: Partial<PolicyExemption>): PolicyExemption => ({
    assignmentId: assignment().id.toUpperCase(),
    referenceIds: undefined,
    scope: GROUP,
    expiresAt: undefined,
    ...changes,
  });
  test.each([
    ['for good', {}, 'exemption'],
    ['that runs', { expiresAt: NOW + 1 }, 'exemption'],
    ['that is over', { expiresAt: NOW }, 'enforced'],
    ['of another assignment', { assignmentId: `${assignment().id}2` }, 'enforced'],
    ['elsewhere', { scope: `${GROUP}2` }, 'enforced'],
    ['above', { scope: `${MANAGEMENT}/root` }, 'exemption'],
    ['for this member', { referenceIds: ['other', 'FLUX'] }, 'exemption'],
    ['for another member', { referenceIds: ['other'] }, 'enforced'],
    ['for no member in particular', { referenceIds: [] }, 'exemption'],
    [
      'for other regions',
      { resourceSelectors: [{ selectors: [{ kind: 'resourceLocation', in: ['eastus'] }] }] },
      'enforced',
    ],
  ])('%s', (_case, changes, expected) => {
    const context = { exemptions: [exemption(changes)], ancestors: ['root'], referenceId: 'flux' };
    expect(reach({}, context)).toBe(expected);
  });

  it('of one member does not free an assignment that is no initiative', () => {
    expect(reach({}, { exemptions: [exemption({ referenceIds: ['flux'] })] })).toBe('enforced');
  });
});
