import type { MemoryPolicy } from '../../src/adapters/memory/policy.ts';
import type { PolicyAssignment } from '../../src/core/policy/records.ts';
import type { PolicyState } from '../../src/ports/policy.ts';
import { SUBSCRIPTION_A } from '../core/clusters.ts';
import { assignment, publicGit } from '../core/policy/support/records.ts';
import { idOf } from './support.ts';

export const ASSIGNMENT = `/subscriptions/${SUBSCRIPTION_A}/providers/Microsoft.Authorization/policyAssignments/shop`;
/** Who deployments of the assignment run as. */
export const IDENTITY = '77777777-7777-4777-8777-777777777777';

/** Assigns the public Git definition to the subscription: a configuration `shop` from another source than tests roll out. */
export function assignShop(
  policy: MemoryPolicy,
  parameters: Record<string, unknown> = {},
  changes: Partial<PolicyAssignment> = {},
): void {
  policy.definitions.push(publicGit());
  policy.assigned.push(
    assignment({
      id: ASSIGNMENT,
      scope: `/subscriptions/${SUBSCRIPTION_A}`,
      displayName: 'Shop everywhere',
      parameters: {
        configurationName: 'shop',
        configurationNamespace: 'shop',
        repositoryUrl: 'https://git.example/policy',
        repositoryRefBranch: 'main',
        ...parameters,
      },
      principalId: IDENTITY,
      ...changes,
    }),
  );
}

/** Content of another configuration that satisfies the assignment. */
export const TWIN = {
  scope: 'cluster',
  namespace: 'shop',
  sourceKind: 'GitRepository',
  gitRepository: {
    url: 'https://git.example/policy',
    timeoutInSeconds: 600,
    syncIntervalInSeconds: 600,
    repositoryRef: { branch: 'main' },
  },
  kustomizations: { infra: { path: './infra' } },
};

/** What Policy says of a cluster under that assignment: that it does not comply. */
export function stateOf(name: string, changes: Partial<PolicyState> = {}): PolicyState {
  return {
    // Ids in states are in lower case.
    resourceId: idOf(name).toLowerCase(),
    assignmentId: ASSIGNMENT.toLowerCase(),
    referenceId: undefined,
    complianceState: 'NonCompliant',
    at: 0,
    ...changes,
  };
}
