import { isSegment, segment } from '../arm-segment.ts';

/** Assignments, definitions and sets: the newest that the published specification shows. */
const ASSIGNMENTS_VERSION = '2024-05-01';
const DEFINITIONS_VERSION = '2023-04-01';
/** Exemptions never left preview. */
const EXEMPTIONS_VERSION = '2022-07-01-preview';
/** As `@azure/arm-policyinsights` 6.0.0 asks. */
const REMEDIATIONS_VERSION = '2024-10-01';
const STATES_VERSION = '2024-10-01';
/** As `@azure/arm-policyinsights` 6.0.0 asks for an evaluation. */
const EVALUATION_VERSION = '2019-10-01';

const DEFINITION =
  /^(\/subscriptions\/[^/]+|\/providers\/microsoft\.management\/managementgroups\/[^/]+)?\/providers\/microsoft\.authorization\/(policydefinitions|policysetdefinitions)\/[^/]+$/i;

const AUTHORIZATION = 'providers/Microsoft.Authorization';
const INSIGHTS = 'providers/Microsoft.PolicyInsights';

/** Without a filter ARM lists what is assigned at the subscription, above it and below it (REST specification). */
export function assignmentsUrl(subscriptionId: string): string {
  return `${subscription(subscriptionId)}/${AUTHORIZATION}/policyAssignments?api-version=${ASSIGNMENTS_VERSION}`;
}

/** As for assignments. */
export function exemptionsUrl(subscriptionId: string): string {
  return `${subscription(subscriptionId)}/${AUTHORIZATION}/policyExemptions?api-version=${EXEMPTIONS_VERSION}`;
}

/** A definition or an initiative by id; undefined when the id is none, or would lead elsewhere. */
export function definitionUrl(id: string, kind: 'policyDefinitions' | 'policySetDefinitions'): string | undefined {
  if (DEFINITION.exec(id)?.[2]?.toLowerCase() !== kind.toLowerCase()) return undefined;
  const segments = id.split('/').slice(1);
  if (!segments.every(isSegment)) return undefined;
  return `/${segments.map(segment).join('/')}?api-version=${DEFINITIONS_VERSION}`;
}

export function evaluationUrl(subscriptionId: string): string {
  return `${subscription(subscriptionId)}/${INSIGHTS}/policyStates/latest/triggerEvaluation?api-version=${EVALUATION_VERSION}`;
}

/** Counts of the latest states that a filter of policy states takes. */
export function summaryUrl(subscriptionId: string, filter: string): string {
  const summarize = `${subscription(subscriptionId)}/${INSIGHTS}/policyStates/latest/summarize`;
  return `${summarize}?api-version=${STATES_VERSION}&$filter=${encodeURIComponent(filter)}`;
}

export function remediationUrl(subscriptionId: string, name: string, action: '' | '/cancel' = ''): string {
  const task = `${subscription(subscriptionId)}/${INSIGHTS}/remediations/${segment(name)}`;
  return `${task}${action}?api-version=${REMEDIATIONS_VERSION}`;
}

function subscription(id: string): string {
  return `/subscriptions/${segment(id)}`;
}
