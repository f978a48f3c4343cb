/** Types that the rule of the built-in Flux definitions names. */
const TYPES = ['Microsoft.Kubernetes/connectedClusters', 'Microsoft.ContainerService/managedClusters'];

/** `$filter` of policy states: those of Kubernetes clusters under one assignment. Ids in states are in lower case. */
export function clustersUnder(assignmentId: string): string {
  const types = TYPES.map((type) => `resourceType eq '${type}'`).join(' or ');
  return `policyAssignmentId eq '${assignmentId.toLowerCase().replaceAll("'", "''")}' and (${types})`;
}
