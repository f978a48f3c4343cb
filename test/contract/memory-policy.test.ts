import { describe } from 'vitest';
import { MemoryPolicy } from '../../src/adapters/memory/policy.ts';
import { publicGit } from '../core/policy/support/records.ts';
import { policySuite } from './policy.ts';
import { EXTENSION, INITIATIVE, PUBLIC_GIT, type Assigned, type PolicyWorld } from './policy-world.ts';

const SUBSCRIPTIONS = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'] as const;
const GROUP = `/subscriptions/${SUBSCRIPTIONS[0]}/resourceGroups/rg`;
const CLUSTERS = [
  `${GROUP}/providers/Microsoft.Kubernetes/connectedClusters/c1`,
  `${GROUP}/providers/Microsoft.Kubernetes/connectedClusters/c2`,
] as const;
const NOW = 1_700_000_000_000;

/** The list of lists, moved by the test: an assignment finds every cluster in its scope non-compliant. */
async function open(): Promise<PolicyWorld> {
  const policy = new MemoryPolicy();
  fillCatalogue(policy);
  return {
    policy,
    subscriptions: SUBSCRIPTIONS,
    clusters: CLUSTERS,
    managementGroup: '/providers/Microsoft.Management/managementGroups/fleet',
    assign: async (assigned) => assign(policy, assigned),
    settle: () => settle(policy),
    close: async () => undefined,
  };
}

function assign(policy: MemoryPolicy, { name, definition, exemptions = [], ...assigned }: Assigned): string {
  const id = `${assigned.scope}/providers/Microsoft.Authorization/policyAssignments/${name}`;
  policy.assigned.push({
    ...{ notScopes: [], parameters: {}, resourceSelectors: [], overrides: [], enforcementMode: 'Default' },
    ...assigned,
    id,
    displayName: name,
    definitionId: definition,
    principalId: '11111111-1111-1111-1111-111111111111',
  });
  for (const { scope, referenceIds, expiresOn } of exemptions) {
    const expiresAt = expiresOn === undefined ? undefined : Date.parse(expiresOn);
    policy.exempt.push({ assignmentId: id, scope, referenceIds, expiresAt });
  }
  return id;
}

function settle(policy: MemoryPolicy): void {
  policy.found.length = 0;
  for (const { id, scope, definitionId } of policy.assigned) {
    const set = policy.sets.find((each) => each.id === definitionId);
    for (const referenceId of set?.members.map((member) => member.referenceId) ?? [undefined]) {
      for (const resourceId of CLUSTERS.filter(
        (each) => each.startsWith(scope) || scope.includes('managementGroups'),
      )) {
        policy.found.push({ resourceId, assignmentId: id, referenceId, complianceState: 'NonCompliant', at: NOW });
      }
    }
  }
  for (const subscription of policy.evaluated) policy.finishEvaluation(subscription);
  for (const { request, provisioningState } of policy.remediations) {
    const deployed = provisioningState === 'Cancelling' ? 0 : request.resourceIds.length;
    policy.finishRemediation(request.subscriptionId, request.name, deployed);
  }
}

function fillCatalogue(policy: MemoryPolicy): void {
  const effect = 'DeployIfNotExists';
  policy.definitions.push(publicGit(), {
    id: EXTENSION,
    displayName: 'Flux extension',
    parameterDefaults: {
      ...{ helmControllerEnabled: true, notificationControllerEnabled: true, effect },
      ...{ imageAutomationController: false, imageReflectorController: false },
      ...{ releaseTrain: 'Stable', autoUpgradeMinorVersion: true, version: '' },
    },
  });
  policy.sets.push({
    id: INITIATIVE,
    parameterDefaults: { baselineName: 'baseline', baselineBranch: 'main', effect },
    members: [
      { referenceId: 'fluxExtension', definitionId: EXTENSION, parameters: {} },
      {
        referenceId: 'fluxBaseline',
        definitionId: PUBLIC_GIT,
        parameters: {
          configurationName: "[parameters('baselineName')]",
          configurationNamespace: 'flux-baseline',
          repositoryUrl: "[parameters('baselineUrl')]",
          repositoryRefBranch: "[parameters('baselineBranch')]",
          kustomizationPrune: true,
        },
      },
    ],
  });
}

describe('Policy in memory', () => policySuite(open));
