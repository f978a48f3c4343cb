import type { PolicyAssignment, PolicyDefinition } from '../../../../src/core/policy/records.ts';
import type { PolicySubject } from '../../../../src/core/policy/selectors.ts';

export const SUB = '00000000-0000-0000-0000-000000000001';
export const GROUP = `/subscriptions/${SUB}/resourceGroups/rg`;

export const CLUSTER: PolicySubject = {
  id: `${GROUP}/providers/Microsoft.Kubernetes/connectedClusters/c1`,
  type: 'connectedClusters',
  location: 'westeurope',
};

export const PUBLIC_GIT = '/providers/Microsoft.Authorization/policyDefinitions/83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6';
export const EXTENSION = '/providers/Microsoft.Authorization/policyDefinitions/f9175d5f-abc8-1dc3-bd3c-5d7476ada3d1';

/** An assignment at the subscription; a test names what it is about. */
export function assignment(changes: Partial<PolicyAssignment> = {}): PolicyAssignment {
  return {
    id: `/subscriptions/${SUB}/providers/Microsoft.Authorization/policyAssignments/a1`,
    scope: `/subscriptions/${SUB}`,
    displayName: 'GitOps for all',
    definitionId: PUBLIC_GIT,
    notScopes: [],
    enforcementMode: 'Default',
    parameters: {},
    resourceSelectors: [],
    overrides: [],
    principalId: '11111111-1111-1111-1111-111111111111',
    ...changes,
  };
}

/** The definition of a public Git repository with the defaults of its parameters. */
export function publicGit(): PolicyDefinition {
  return {
    id: PUBLIC_GIT,
    displayName: 'Configure Kubernetes clusters with Flux v2 configuration using public Git repository',
    parameterDefaults: {
      configurationNamespace: 'default',
      configurationScope: 'cluster',
      repositoryRefBranch: '',
      repositoryRefTag: '',
      repositoryRefSemver: '',
      repositoryRefCommit: '',
      repositoryTimeout: 600,
      repositorySyncInterval: 600,
      kustomizationName: 'kustomization-1',
      kustomizationPath: './',
      kustomizationTimeout: 600,
      kustomizationSyncInterval: 600,
      kustomizationRetryInterval: 600,
      kustomizationPrune: false,
      kustomizationForce: false,
      effect: 'DeployIfNotExists',
    },
  };
}
