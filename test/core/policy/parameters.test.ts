import { describe, expect, it, test } from 'vitest';
import { policyDesired } from '../../../src/core/policy/desired.ts';
import { effectiveParameters, isExpression, type PolicyMembership } from '../../../src/core/policy/parameters.ts';
import type { PolicyDefinition } from '../../../src/core/policy/records.ts';
import { assignment, CLUSTER, PUBLIC_GIT } from './support/records.ts';

const DEFINITION: PolicyDefinition = {
  id: PUBLIC_GIT,
  displayName: 'public Git',
  parameterDefaults: { configurationNamespace: 'default', kustomizationPrune: false, effect: 'DeployIfNotExists' },
};

function membership(parameters: object, parameterDefaults: object = {}): PolicyMembership {
  const member = { referenceId: 'flux', definitionId: PUBLIC_GIT, parameters: { ...parameters } };
  return { member, set: { id: '/sets/s', parameterDefaults: { ...parameterDefaults }, members: [member] } };
}

describe('effective parameters', () => {
  it('are the defaults under those of the assignment, whatever the case of their names', () => {
    const given = assignment({
      parameters: { CONFIGURATIONNAMESPACE: 'apps', repositoryUrl: 'https://git.example/x' },
    });
    expect(effectiveParameters(DEFINITION, undefined, given, CLUSTER)).toEqual({
      configurationNamespace: 'apps',
      kustomizationPrune: false,
      effect: 'DeployIfNotExists',
      repositoryUrl: 'https://git.example/x',
    });
  });

  it('of an initiative are what it passes on, not what it is given', () => {
    const inside = membership(
      {
        configurationName: 'fixed',
        configurationNamespace: "[parameters('ns')]",
        kustomizationPrune: "[ Parameters( 'Prune' ) ]",
        repositoryUrl: "[parameters('url')]",
        repositoryRefBranch: "[parameters('nowhere')]",
        effect: "[parameters('effect')]",
      },
      { ns: 'from-set', effect: 'Disabled' },
    );
    const given = assignment({ parameters: { NS: 'assigned', prune: true, url: 'u', configurationName: 'ignored' } });
    expect(effectiveParameters(DEFINITION, inside, given, CLUSTER)).toEqual({
      configurationName: 'fixed',
      configurationNamespace: 'assigned',
      kustomizationPrune: true,
      repositoryUrl: 'u',
      effect: 'Disabled',
    });
  });

  test.each([
    ['of everything', [], 'AuditIfNotExists'],
    ['of this member', [{ kind: 'policyDefinitionReferenceId', in: ['FLUX'] }], 'AuditIfNotExists'],
    ['of another member', [{ kind: 'policyDefinitionReferenceId', in: ['other'] }], 'DeployIfNotExists'],
    ['of its region', [{ kind: 'resourceLocation', in: ['westeurope'] }], 'AuditIfNotExists'],
    ['of another region', [{ kind: 'resourceLocation', in: ['eastus'] }], 'DeployIfNotExists'],
  ])('take the override %s', (_case, selectors, effect) => {
    const overrides = [
      { kind: 'definitionVersion', value: '2.*.*' },
      { kind: 'policyEffect', value: 'AuditIfNotExists', selectors },
    ];
    expect(effectiveParameters(DEFINITION, membership({}), assignment({ overrides }), CLUSTER).effect).toBe(effect);
  });

  it('take the first override of several', () => {
    const overrides = ['Disabled', 'AuditIfNotExists'].map((value) => ({ kind: 'policyEffect', value }));
    expect(effectiveParameters(DEFINITION, undefined, assignment({ overrides }), CLUSTER).effect).toBe('Disabled');
  });

  test.each([
    ["[concat(parameters('x'), '-y')]", true],
    ['[[literal]', false],
    ['plain', false],
    ['[unclosed', false],
    [7, false],
  ])('%s is an expression: %s', (value, expected) => {
    expect(isExpression(value)).toBe(expected);
  });
});

describe('what a definition wants', () => {
  const READABLE = {
    ...DEFINITION.parameterDefaults,
    configurationName: 'apps',
    configurationScope: 'cluster',
    repositoryUrl: 'https://git.example/x',
    repositoryTimeout: '600',
    repositorySyncInterval: 600,
    repositoryRefBranch: 'main',
    kustomizationName: 'k',
    kustomizationPath: './',
    kustomizationTimeout: 600,
    kustomizationSyncInterval: 600,
    kustomizationRetryInterval: 600,
    kustomizationPrune: 'True',
    kustomizationForce: false,
  };

  it('may be written with numbers and flags as texts', () => {
    const desired = policyDesired(PUBLIC_GIT, READABLE);
    expect(desired).toMatchObject({
      kind: 'configuration',
      properties: { gitRepository: { timeoutInSeconds: 600 }, kustomizations: { k: { prune: true } } },
    });
  });

  it.each([
    ["[concat('a', parameters('b'))]", 'expression'],
    [7, 'a text'],
    [undefined, 'a text'],
  ])('is unreadable with the name %s', (configurationName, problem) => {
    expect(policyDesired(PUBLIC_GIT, { ...READABLE, configurationName })).toEqual({
      kind: 'unreadable',
      problem: expect.stringContaining(problem) as string,
    });
  });

  it.each([
    ['kustomizationTimeout', 'soon'],
    ['kustomizationTimeout', ''],
    ['kustomizationForce', 'yes'],
    ['effect', 'deny'],
  ])('is unreadable with %s %s', (name, value) => {
    const desired = policyDesired(PUBLIC_GIT, { ...READABLE, [name]: value });
    expect(desired).toMatchObject({ kind: 'unreadable', problem: expect.stringContaining(name) as string });
  });

  it.each(['disabled', 'AUDITIFNOTEXISTS', 'deployIfNotExists'])('knows the effect %s', (effect) => {
    const desired = policyDesired(PUBLIC_GIT, { ...READABLE, effect });
    expect(desired?.kind === 'configuration' && desired.effect.toLowerCase()).toBe(effect.toLowerCase());
  });

  it.each([
    '/subscriptions/s/providers/Microsoft.Authorization/policyDefinitions/83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6',
    '/providers/Microsoft.Authorization/policyDefinitions/00000000-0000-0000-0000-000000000000',
    '',
  ])("is nothing that is known for '%s'", (definitionId) => {
    expect(policyDesired(definitionId, READABLE)).toBeUndefined();
  });

  it('does not depend on the case of the id, nor on a version in it', () => {
    expect(policyDesired(`${PUBLIC_GIT.toUpperCase()}/versions/1.1.0`, READABLE)).toEqual(
      policyDesired(PUBLIC_GIT, READABLE),
    );
  });
});
