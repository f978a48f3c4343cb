import { describe, expect, it } from 'vitest';
import { policyClaims, type PolicyBook } from '../../../src/core/policy/claims.ts';
import type { PolicyDefinition } from '../../../src/core/policy/records.ts';
import { wasUndoneBy } from '../../../src/core/policy/undone.ts';
import { assignment, CLUSTER, EXTENSION, GROUP, SUB } from './support/records.ts';

const FLUX: PolicyDefinition = {
  id: EXTENSION,
  displayName: 'extension',
  parameterDefaults: {
    helmControllerEnabled: true,
    notificationControllerEnabled: true,
    imageAutomationController: false,
    imageReflectorController: false,
    releaseTrain: 'Stable',
    autoUpgradeMinorVersion: true,
    version: '',
    effect: 'DeployIfNotExists',
  },
};
const TAGS: PolicyDefinition = {
  id: '/providers/Microsoft.Authorization/policyDefinitions/tags',
  displayName: 'tags',
  parameterDefaults: {},
};
const SET = `/subscriptions/${SUB}/providers/Microsoft.Authorization/policySetDefinitions/GitOps`;

function book(changes: Partial<PolicyBook>): PolicyBook {
  const member = (referenceId: string, definitionId: string) => ({ referenceId, definitionId, parameters: {} });
  const set = {
    id: SET,
    parameterDefaults: {},
    members: [member('tags', TAGS.id), member('one', EXTENSION.toUpperCase()), member('two', EXTENSION)],
  };
  return {
    assignments: [],
    definitions: new Map([FLUX, TAGS].map((definition) => [definition.id.toLowerCase(), definition])),
    sets: new Map([[SET.toLowerCase(), set]]),
    exemptions: [],
    ancestors: [],
    ...changes,
  };
}

describe('what Policy wants of a cluster', () => {
  const ofFlux = assignment({ definitionId: EXTENSION.toUpperCase() });
  const ofSet = assignment({
    id: `${GROUP}/providers/Microsoft.Authorization/policyAssignments/a2`,
    definitionId: SET,
  });

  it('is what every Flux definition that reaches it says, member by member', () => {
    const elsewhere = assignment({ definitionId: EXTENSION, scope: `${GROUP}2` });
    const ofTags = assignment({ definitionId: TAGS.id });
    const unknown = assignment({ definitionId: '/providers/Microsoft.Authorization/policyDefinitions/gone' });
    const claims = policyClaims(book({ assignments: [elsewhere, ofFlux, ofTags, unknown, ofSet] }), CLUSTER, 0);
    expect(claims.map((claim) => [claim.assignment.id, claim.referenceId, claim.desired.kind])).toEqual([
      [ofFlux.id, undefined, 'extension'],
      [ofSet.id, 'one', 'extension'],
      [ofSet.id, 'two', 'extension'],
    ]);
  });

  it('leaves out the members that are exempt, and says what is not enforced', () => {
    const exemptions = [{ assignmentId: ofSet.id, referenceIds: ['one'], scope: GROUP, expiresAt: 2 }];
    const assignments = [{ ...ofSet, enforcementMode: 'DoNotEnforce' }];
    const members = (now: number) =>
      policyClaims(book({ assignments, exemptions }), CLUSTER, now).map(({ referenceId, enforced }) => [
        referenceId,
        enforced,
      ]);
    expect(members(1)).toEqual([['two', false]]);
    expect(members(2)).toEqual([
      ['one', false],
      ['two', false],
    ]);
  });

  it('is nothing on a hybrid cluster, which the rule of the definitions does not name', () => {
    const hybrid = { ...CLUSTER, type: 'provisionedClusters' as const };
    expect(policyClaims(book({ assignments: [ofFlux] }), hybrid, 0)).toEqual([]);
  });
});

describe('who overwrote a resource', () => {
  const WRITERS = [
    assignment({ principalId: undefined }),
    { ...assignment(), principalId: 'AAAA-1', clientId: 'bbbb-2' },
  ];
  it.each([
    ['object id', { lastModifiedBy: 'aaaa-1', lastModifiedByType: 'ManagedIdentity' }, WRITERS[1]],
    ['application id', { lastModifiedBy: 'BBBB-2', lastModifiedByType: 'Application' }, WRITERS[1]],
    ['somebody else', { lastModifiedBy: 'cccc-3', lastModifiedByType: 'Application' }, undefined],
    ['a person', { lastModifiedBy: 'aaaa-1', lastModifiedByType: 'User' }, undefined],
    ['nobody', {}, undefined],
    ['an empty name', { lastModifiedBy: '' }, undefined],
  ])('%s', (_case, systemData, expected) => {
    expect(wasUndoneBy({ systemData }, WRITERS)).toBe(expected);
  });

  it('is not known without system data', () => {
    expect(wasUndoneBy({}, WRITERS)).toBeUndefined();
  });
});
