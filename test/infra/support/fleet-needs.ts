import type { ActivityLog } from '../../../src/ports/activity-log.ts';
import type { Arm } from '../../../src/ports/arm.ts';
import type { Graph } from '../../../src/ports/graph.ts';
import type { Policy } from '../../../src/ports/policy.ts';

const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';
/** Types of clusters, as rights name them. */
export const CLUSTERS = {
  arc: 'Microsoft.Kubernetes/connectedClusters',
  aks: 'Microsoft.ContainerService/managedClusters',
  hybrid: 'Microsoft.HybridContainerService/provisionedClusters',
};
const [ARC, AKS, HYBRID] = Object.values(CLUSTERS).map(
  (type) => `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/${type}/one`,
) as [string, string, string];
const ASSIGNMENT = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/a`;
/** Where Flux lives in Azure. */
export const FLUX = 'Microsoft.KubernetesConfiguration';
const READ = Object.values(CLUSTERS).map((type) => `${type}/read`);

/** The ports that reach Azure Resource Manager, built for an endpoint. */
export interface Ports {
  readonly arm: Arm;
  readonly graph: Graph;
  readonly policy: Policy;
  readonly activityLog: ActivityLog;
  readonly endpoint: string;
}

/** Who needs a right: the use case, the method of the port that it calls, that call for real, and the actions it takes. */
export type Need = readonly [
  file: string,
  method: string,
  call: (ports: Ports) => Promise<unknown> | AsyncIterable<unknown>,
  actions: readonly string[],
];

export const NEEDS: readonly Need[] = [
  [
    'src/app/looks/read-configuration.ts',
    'arm.getConfiguration',
    ({ arm }) => Promise.all([ARC, AKS, HYBRID].map((id) => arm.getConfiguration(id, 'flux'))),
    [`${FLUX}/fluxConfigurations/read`, ...READ],
  ],
  [
    'src/app/preflight.ts',
    'arm.listConfigurations',
    ({ arm }) => arm.listConfigurations(AKS),
    [`${FLUX}/fluxConfigurations/read`, `${CLUSTERS.aks}/read`],
  ],
  [
    'src/app/actions/apply-configuration.ts',
    'arm.putConfiguration',
    ({ arm }) => arm.putConfiguration(ARC, 'flux', {}),
    [`${FLUX}/fluxConfigurations/write`],
  ],
  [
    'src/app/actions/edit-configuration.ts',
    'arm.patchConfiguration',
    ({ arm }) => arm.patchConfiguration(ARC, 'flux', {}),
    [`${FLUX}/fluxConfigurations/write`],
  ],
  [
    'src/app/actions/remove-configuration.ts',
    'arm.deleteConfiguration',
    ({ arm }) => arm.deleteConfiguration(ARC, 'flux', false),
    [`${FLUX}/fluxConfigurations/delete`],
  ],
  [
    'src/app/actions/ensure-extension.ts',
    'arm.findFluxExtension',
    ({ arm }) => arm.findFluxExtension(ARC),
    [`${FLUX}/extensions/read`, `${CLUSTERS.arc}/read`],
  ],
  [
    'src/app/actions/ensure-extension.ts',
    'arm.putExtension',
    ({ arm }) => arm.putExtension(ARC, 'flux', {}),
    [`${FLUX}/extensions/write`],
  ],
  [
    'src/app/actions/ensure-extension.ts',
    'arm.patchExtension',
    ({ arm }) => arm.patchExtension(ARC, 'flux', {}),
    [`${FLUX}/extensions/write`],
  ],
  [
    'src/app/actions/remove-extension.ts',
    'arm.deleteExtension',
    ({ arm }) => arm.deleteExtension(ARC, 'flux', false),
    [`${FLUX}/extensions/delete`],
  ],
  [
    'src/app/actions/remove-flux-v1.ts',
    'arm.listFluxV1',
    ({ arm }) => arm.listFluxV1(ARC),
    [`${FLUX}/sourceControlConfigurations/read`, `${CLUSTERS.arc}/read`],
  ],
  [
    'src/app/actions/remove-flux-v1.ts',
    'arm.deleteFluxV1',
    ({ arm }) => arm.deleteFluxV1(ARC, 'v1'),
    [`${FLUX}/sourceControlConfigurations/delete`],
  ],
  [
    'src/app/preflight.ts',
    'arm.getProvider',
    ({ arm }) => arm.getProvider(SUBSCRIPTION, FLUX),
    ['Microsoft.Resources/subscriptions/providers/read'],
  ],
  [
    'src/app/policy/read-policy-book.ts',
    'policy.assignments',
    ({ policy }) => policy.assignments(SUBSCRIPTION),
    ['Microsoft.Authorization/policyAssignments/read'],
  ],
  [
    'src/app/policy/read-policy-book.ts',
    'policy.exemptions',
    ({ policy }) => policy.exemptions(SUBSCRIPTION),
    ['Microsoft.Authorization/policyExemptions/read'],
  ],
  [
    'src/app/policy/read-policy-book.ts',
    'policy.definition',
    ({ policy }) => policy.definition('/providers/Microsoft.Authorization/policyDefinitions/d'),
    ['Microsoft.Authorization/policyDefinitions/read'],
  ],
  [
    'src/app/policy/read-policy-book.ts',
    'policy.set',
    ({ policy }) => policy.set('/providers/Microsoft.Authorization/policySetDefinitions/s'),
    ['Microsoft.Authorization/policySetDefinitions/read'],
  ],
  [
    'src/app/bindings/read-policy-states.ts',
    'policy.summary',
    ({ policy }) => policy.summary(SUBSCRIPTION, ASSIGNMENT),
    ['Microsoft.PolicyInsights/policyStates/summarize/action'],
  ],
  [
    'src/app/bindings/read-policy-states.ts',
    'policy.nonCompliant',
    ({ policy }) => policy.nonCompliant(SUBSCRIPTION, ASSIGNMENT),
    ['Microsoft.PolicyInsights/policyStates/queryResults/action'],
  ],
  [
    'src/app/bindings/start-evaluations.ts',
    'policy.evaluate',
    ({ policy }) => policy.evaluate(SUBSCRIPTION),
    ['Microsoft.PolicyInsights/policyStates/triggerEvaluation/action'],
  ],
  [
    'src/app/bindings/see-to-evaluations.ts',
    'policy.evaluation',
    ({ policy, endpoint }) =>
      policy.evaluation(
        `${endpoint.replace('http:', 'https:')}/subscriptions/${SUBSCRIPTION}/providers/Microsoft.PolicyInsights/asyncOperationResults/x`,
      ),
    ['Microsoft.PolicyInsights/asyncOperationResults/read'],
  ],
  [
    'src/app/bindings/start-remediation.ts',
    'policy.createRemediation',
    ({ policy }) =>
      policy.createRemediation({
        ...{ subscriptionId: SUBSCRIPTION, name: 'task', assignmentId: ASSIGNMENT, resourceIds: [ARC] },
        ...{ parallelDeployments: 1, failureThreshold: 1 },
      }),
    ['Microsoft.PolicyInsights/remediations/write'],
  ],
  [
    'src/app/bindings/track-measures.ts',
    'policy.remediation',
    ({ policy }) => policy.remediation(SUBSCRIPTION, 'task'),
    ['Microsoft.PolicyInsights/remediations/read'],
  ],
  [
    'src/app/bindings/start-remediation.ts',
    'policy.cancelRemediation',
    ({ policy }) => policy.cancelRemediation(SUBSCRIPTION, 'task'),
    ['Microsoft.PolicyInsights/remediations/cancel/action'],
  ],
  [
    'src/app/compliance/find-authors.ts',
    'activityLog.read',
    ({ activityLog }) => activityLog.read(ARC, 0, 1),
    ['Microsoft.Insights/eventtypes/values/read'],
  ],
  [
    'src/app/fleet.ts',
    'graph.clusters',
    ({ graph }) => graph.clusters([SUBSCRIPTION]),
    [
      'Microsoft.ResourceGraph/resources/read',
      ...READ,
      `${FLUX}/extensions/read`,
      `${FLUX}/sourceControlConfigurations/read`,
    ],
  ],
  [
    'src/app/looks/hints.ts',
    'graph.configurations',
    ({ graph }) => graph.configurations({ subscriptions: [SUBSCRIPTION], name: 'flux' }),
    ['Microsoft.ResourceGraph/resources/read', `${FLUX}/fluxConfigurations/read`],
  ],
  [
    'src/app/compliance/sweep-subscription.ts',
    'graph.allConfigurations',
    ({ graph }) => graph.allConfigurations([SUBSCRIPTION]),
    ['Microsoft.ResourceGraph/resources/read', `${FLUX}/fluxConfigurations/read`],
  ],
  [
    'src/app/looks/unreachable.ts',
    'graph.connectivity',
    ({ graph }) => graph.connectivity([ARC]),
    ['Microsoft.ResourceGraph/resources/read', ...READ],
  ],
  [
    'src/app/looks/hints.ts',
    'graph.extensions',
    ({ graph }) => graph.extensions([ARC]),
    ['Microsoft.ResourceGraph/resources/read', `${FLUX}/extensions/read`],
  ],
];
