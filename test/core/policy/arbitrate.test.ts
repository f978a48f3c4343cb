import { describe, expect, it, test } from 'vitest';
import { arbitrate, type PlannedResource } from '../../../src/core/policy/arbitrate.ts';
import type { PolicyClaim } from '../../../src/core/policy/claims.ts';
import { policyDesired } from '../../../src/core/policy/desired.ts';
import { assignment, EXTENSION, PUBLIC_GIT } from './support/records.ts';

type Json = Record<string, unknown>;

const PARAMETERS: Json = {
  configurationName: 'apps',
  configurationNamespace: 'apps',
  configurationScope: 'cluster',
  repositoryUrl: 'https://git.example/org/apps',
  repositoryTimeout: 600,
  repositorySyncInterval: 600,
  repositoryRefBranch: 'main',
  kustomizationName: 'k',
  kustomizationPath: './apps',
  kustomizationTimeout: 600,
  kustomizationSyncInterval: 600,
  kustomizationRetryInterval: 600,
  kustomizationPrune: true,
  kustomizationForce: false,
  effect: 'DeployIfNotExists',
};

function claim(parameters: Json = {}, changes: Partial<PolicyClaim> = {}): PolicyClaim {
  return {
    assignment: assignment(),
    referenceId: undefined,
    definitionId: PUBLIC_GIT,
    enforced: true,
    desired: policyDesired(PUBLIC_GIT, { ...PARAMETERS, ...parameters })!,
    ...changes,
  };
}

const PROPERTIES = {
  scope: 'cluster',
  namespace: 'apps',
  sourceKind: 'GitRepository',
  suspend: false,
  gitRepository: {
    url: 'https://git.example/org/apps',
    timeoutInSeconds: 600,
    syncIntervalInSeconds: 600,
    repositoryRef: { branch: 'main' },
  },
  kustomizations: {
    k: { path: 'apps/', prune: true, retryIntervalInSeconds: 600, wait: false },
    more: { path: './more', dependsOn: ['k'] },
  },
  waitForReconciliation: true,
};

function planned(properties: Json | undefined = PROPERTIES, name = 'apps'): PlannedResource {
  return { kind: 'configuration', name, properties };
}

const ELSEWHERE = {
  ...PROPERTIES,
  gitRepository: { ...PROPERTIES.gitRepository, repositoryRef: { branch: 'release' } },
};

describe('an assignment and a rollout', () => {
  it('agree when all that the definition sets is the same by meaning, whatever else the plan adds', () => {
    expect(arbitrate(claim(), planned(PROPERTIES, 'Apps'))).toEqual({
      assignmentId: assignment().id,
      verdict: 'agrees',
      detail: "Assignment 'GitOps for all' wants the same of configuration 'apps'.",
      differences: [],
    });
  });

  it('fight about one name with another content', () => {
    expect(arbitrate(claim(), planned(ELSEWHERE))).toEqual({
      assignmentId: assignment().id,
      verdict: 'fights',
      detail:
        "Assignment 'GitOps for all' wants configuration 'apps' otherwise (gitRepository.repositoryRef.branch): " +
        'its next remediation overwrites what is rolled out.',
      differences: [{ path: 'gitRepository.repositoryRef.branch', desired: 'main', actual: 'release' }],
    });
  });

  it('fight about a ref that the definition leaves empty, where the branch differs, too', () => {
    const pinned = { ...PROPERTIES, gitRepository: { ...PROPERTIES.gitRepository, repositoryRef: { tag: 'v1' } } };
    const { verdict, differences } = arbitrate(claim(), planned(pinned));
    expect(verdict).toBe('fights');
    expect(differences).toContainEqual({ path: 'gitRepository.repositoryRef.tag', desired: undefined, actual: 'v1' });
  });

  it('do not fight about what the existence condition does not compare: Policy sees nothing to do', () => {
    const pinned = {
      ...PROPERTIES,
      gitRepository: { ...PROPERTIES.gitRepository, repositoryRef: { branch: 'main', commit: 'a'.repeat(40) } },
      kustomizations: { k: { path: './other', prune: true, retryIntervalInSeconds: 600 } },
    };
    const { verdict, differences, detail } = arbitrate(claim(), planned(pinned));
    expect(verdict).toBe('preempts');
    expect(differences.map(({ path }) => path)).toEqual([
      'gitRepository.repositoryRef.commit',
      'kustomizations.k.path',
    ]);
    expect(detail).toContain('does not compare them');
  });

  it('differ in a kustomization that the plan does not have, and in none that only the plan has', () => {
    const { differences } = arbitrate(
      claim(),
      planned({ ...PROPERTIES, kustomizations: { other: { path: './other' } } }),
    );
    expect(differences.map(({ path }) => path)).toEqual([
      'kustomizations.k.path',
      'kustomizations.k.prune',
      'kustomizations.k.retryIntervalInSeconds',
      'kustomizations.k{}',
    ]);
  });

  it('do not fight when another configuration satisfies the assignment', () => {
    const { verdict, detail } = arbitrate(claim(), planned(ELSEWHERE), [{ name: 'twin', properties: PROPERTIES }]);
    expect(verdict).toBe('preempts');
    expect(detail).toContain("is content with 'twin'");
  });

  it('fight all the same when that one has failed', () => {
    const twin = { name: 'twin', properties: { ...PROPERTIES, provisioningState: 'Failed' } };
    expect(arbitrate(claim(), planned(ELSEWHERE), [twin]).verdict).toBe('fights');
  });

  it('of another name: Policy takes ours for its own', () => {
    expect(arbitrate(claim(), planned(PROPERTIES, 'other'))).toMatchObject({
      verdict: 'preempts',
      detail: "Assignment 'GitOps for all' takes 'other' for its own configuration 'apps' and deploys nothing.",
    });
  });

  it('of another name and content have nothing to do with each other', () => {
    expect(arbitrate(claim(), planned(ELSEWHERE, 'other')).verdict).toBe('silent');
  });

  it('fight about a removal, unless something else satisfies the assignment', () => {
    const removal = { ...planned(), properties: undefined };
    expect(arbitrate(claim(), removal).verdict).toBe('fights');
    expect(arbitrate(claim(), removal, [{ name: 'twin', properties: PROPERTIES }]).verdict).toBe('preempts');
    expect(arbitrate(claim(), { ...removal, name: 'other' }).verdict).toBe('silent');
  });

  test.each([
    ['it is not enforced', claim({}, { enforced: false }), 'it is not enforced'],
    ['it audits', claim({ effect: 'AuditIfNotExists' }), 'it only audits'],
    ['it is disabled', claim({ effect: 'Disabled' }), 'is disabled'],
    ['it cannot be read', claim({ configurationName: '[concat()]' }), 'cannot be compared'],
    ['it is about the extension', extensionClaim({}), 'is about the extension'],
  ])('leave each other alone when %s', (_case, one, reason) => {
    const { verdict, detail } = arbitrate(one, planned(ELSEWHERE));
    expect(verdict).toBe('silent');
    expect(detail).toContain(reason);
    expect(detail).toContain("Assignment 'GitOps for all'");
  });
});

function extensionClaim(changes: Json): PolicyClaim {
  const parameters = {
    helmControllerEnabled: true,
    notificationControllerEnabled: true,
    imageAutomationController: false,
    imageReflectorController: false,
    releaseTrain: 'Stable',
    autoUpgradeMinorVersion: true,
    version: '',
    effect: 'DeployIfNotExists',
    ...changes,
  };
  return claim({}, { definitionId: EXTENSION, desired: policyDesired(EXTENSION, parameters)! });
}

describe('an assignment of the extension', () => {
  const settings = {
    'helm-controller.enabled': 'true',
    'notification-controller.enabled': 'true',
    'image-automation-controller.enabled': 'false',
    'image-reflector-controller.enabled': 'false',
    'multiTenancy.enforce': 'false',
  };
  const plannedExtension = (changes: Json = {}): PlannedResource => ({
    kind: 'extension',
    name: 'fluxcd',
    properties: {
      extensionType: 'microsoft.flux',
      releaseTrain: 'stable',
      configurationSettings: settings,
      ...changes,
    },
  });
  const pin = { autoUpgradeMinorVersion: false, version: '1.2.3' };

  test.each([
    ['the same', {}, {}, 'agrees', []],
    ['a pinned version', {}, pin, 'fights', ['autoUpgradeMinorVersion']],
    ['the same pinned version', pin, pin, 'agrees', []],
    ['another pinned version', { ...pin, version: '1.2.4' }, pin, 'fights', ['version']],
    ['another train', { releaseTrain: 'Preview' }, {}, 'fights', ['releaseTrain']],
    [
      'a controller, which the condition does not compare',
      { imageReflectorController: true },
      {},
      'preempts',
      ['configurationSettings.image-reflector-controller.enabled'],
    ],
  ])('%s', (_case, wanted, changes, verdict, paths) => {
    const told = arbitrate(extensionClaim(wanted), plannedExtension(changes));
    expect([told.verdict, told.differences.map(({ path }) => path)]).toEqual([verdict, paths]);
  });

  it('fights its removal', () => {
    expect(arbitrate(extensionClaim({}), { ...plannedExtension(), properties: undefined }).verdict).toBe('fights');
  });
});
