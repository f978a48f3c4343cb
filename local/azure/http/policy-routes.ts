import { getAssignment, listAssignments, listExemptions } from '../resources/policy-assignments.ts';
import { getPolicyDefinition, getPolicySet } from '../resources/policy-definitions.ts';
import { getEvaluation, triggerEvaluation } from '../resources/policy-evaluations.ts';
import { queryStates } from '../resources/policy-states.ts';
import { summarizeStates } from '../resources/policy-summary.ts';
import { getRemediation, listDeployments, postCancel, putRemediation } from '../resources/remediations.ts';
import { CLUSTERS, GROUP, type Add } from './route.ts';

/** Versions that the published clients send, and those before them that have the same shape. */
const AUTHORIZATION_VERSIONS = new Set([
  '2020-09-01',
  '2021-06-01',
  '2022-06-01',
  '2023-04-01',
  '2024-04-01',
  '2024-05-01',
  '2025-01-01',
  '2025-03-01',
]);
const EXEMPTION_VERSIONS = new Set(['2020-07-01-preview', '2022-07-01-preview', '2024-12-01-preview']);
const STATE_VERSIONS = new Set(['2019-10-01', '2024-10-01']);
const REMEDIATION_VERSIONS = new Set(['2021-10-01', '2024-10-01']);

const AUTHORIZATION = '/providers/Microsoft.Authorization';
const SUBSCRIPTION = '/subscriptions/:subscriptionId';
const CLUSTER = `${GROUP}${CLUSTERS}/:clusterName`;
const MANAGEMENT_GROUP = '/providers/Microsoft.Management/managementGroups/:managementGroup';

/** Microsoft.Authorization and Microsoft.PolicyInsights: as much of Azure Policy as Flotilla talks to. */
export function addPolicy(add: Add): void {
  addAuthorization(add);
  addInsights(add);
}

function addAuthorization(add: Add): void {
  const assignments = `${AUTHORIZATION}/policyAssignments`;
  add('GET', `${SUBSCRIPTION}${assignments}`, 'policyAssignments', listAssignments, AUTHORIZATION_VERSIONS);
  for (const scope of [MANAGEMENT_GROUP, SUBSCRIPTION, GROUP, CLUSTER]) {
    add('GET', `${scope}${assignments}/:name`, 'policyAssignments', getAssignment, AUTHORIZATION_VERSIONS);
  }
  // Nobody has made definitions of his own: those of a subscription or a management group are never found.
  for (const scope of ['', MANAGEMENT_GROUP, SUBSCRIPTION]) {
    const definitions = `${scope}${AUTHORIZATION}/policyDefinitions/:name`;
    add('GET', definitions, 'policyDefinitions', getPolicyDefinition, AUTHORIZATION_VERSIONS);
    const sets = `${scope}${AUTHORIZATION}/policySetDefinitions/:name`;
    add('GET', sets, 'policyDefinitions', getPolicySet, AUTHORIZATION_VERSIONS);
  }
  const exemptions = `${SUBSCRIPTION}${AUTHORIZATION}/policyExemptions`;
  add('GET', exemptions, 'policyExemptions', listExemptions, EXEMPTION_VERSIONS);
}

function addInsights(add: Add): void {
  const insights = `${SUBSCRIPTION}/providers/Microsoft.PolicyInsights`;
  add('POST', `${insights}/policyStates/:states/queryResults`, 'policyStates', queryStates, STATE_VERSIONS);
  add('POST', `${insights}/policyStates/:states/summarize`, 'policyStates', summarizeStates, STATE_VERSIONS);
  const trigger = `${insights}/policyStates/latest/triggerEvaluation`;
  add('POST', trigger, 'policyEvaluations', triggerEvaluation, STATE_VERSIONS);
  add('GET', `${insights}/asyncOperationResults/:id`, 'policyEvaluations', getEvaluation, STATE_VERSIONS);
  const one = `${insights}/remediations/:name`;
  add('PUT', one, 'remediations', putRemediation, REMEDIATION_VERSIONS);
  add('GET', one, 'remediations', getRemediation, REMEDIATION_VERSIONS);
  add('POST', `${one}/cancel`, 'remediations', postCancel, REMEDIATION_VERSIONS);
  add('POST', `${one}/listDeployments`, 'remediations', listDeployments, REMEDIATION_VERSIONS);
}
