import { clusterKey } from '../../contracts/cluster-id.ts';
import type { PolicyAssignment, PolicyExemption } from './records.ts';
import { selectorsMatch, type PolicySubject } from './selectors.ts';

/** What is known around an assignment and a cluster. */
export interface ReachContext {
  /** Management groups above the cluster's subscription, by id or name. */
  readonly ancestors: readonly string[];
  readonly exemptions: readonly PolicyExemption[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Which member of an initiative is asked about. */
  readonly referenceId?: string;
}

/** Whether an assignment reaches a cluster, and if not, what keeps it away. */
export type Reach =
  | {
      readonly reaches: true;
      /** False: it only reports (`DoNotEnforce`), and changes something only when somebody starts a remediation. */
      readonly enforced: boolean;
    }
  | { readonly reaches: false; readonly because: 'scope' | 'notScope' | 'selector' | 'exemption' };

/**
 * Whether an assignment reaches a cluster: its scope, less `notScopes`, resource selectors (any one of which suffices) and
 * exemptions. `Enroll` counts as enforced: who is enrolled is not read.
 */
export function assignmentReaches(assignment: PolicyAssignment, cluster: PolicySubject, context: ReachContext): Reach {
  const { ancestors, referenceId } = context;
  const isUnder = (scope: string): boolean => covers(scope, cluster.id, ancestors);
  if (!isUnder(assignment.scope)) return { reaches: false, because: 'scope' };
  if (assignment.notScopes.some(isUnder)) return { reaches: false, because: 'notScope' };
  if (!isSelected(assignment, cluster, referenceId)) return { reaches: false, because: 'selector' };
  if (isExempt(assignment, cluster, context)) return { reaches: false, because: 'exemption' };
  return { reaches: true, enforced: assignment.enforcementMode.toLowerCase() !== 'donotenforce' };
}

/**
 * The management groups that assignments are made on. Of a list that was asked for at one subscription these are ancestors of it,
 * since ARM lists what is inherited from no other.
 */
export function ancestorsOf(assignments: readonly Pick<PolicyAssignment, 'scope'>[]): string[] {
  return [...new Set(assignments.flatMap(({ scope }) => managementGroup(scope) ?? []))];
}

function covers(scope: string, clusterId: string, ancestors: readonly string[]): boolean {
  const group = managementGroup(scope);
  if (group !== undefined)
    return ancestors.some((ancestor) => (managementGroup(ancestor) ?? ancestor.toLowerCase()) === group);
  const prefix = scope.toLowerCase().replace(/\/+$/, '');
  return prefix !== '' && `${clusterKey(clusterId)}/`.startsWith(`${prefix}/`);
}

/** Its name in lower case; undefined for another scope. */
function managementGroup(scope: string): string | undefined {
  return /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)\/?$/i.exec(scope)?.[1]?.toLowerCase();
}

/** No selectors select everything. */
function isSelected(
  { resourceSelectors = [] }: Pick<PolicyExemption, 'resourceSelectors'>,
  cluster: PolicySubject,
  referenceId: string | undefined,
): boolean {
  if (resourceSelectors.length === 0) return true;
  return resourceSelectors.some((group) => selectorsMatch(group, cluster, referenceId));
}

function isExempt(
  { id }: PolicyAssignment,
  cluster: PolicySubject,
  { exemptions, ancestors, now, referenceId }: ReachContext,
): boolean {
  return exemptions.some(
    (exemption) =>
      exemption.assignmentId.toLowerCase() === id.toLowerCase() &&
      (exemption.expiresAt === undefined || exemption.expiresAt > now) &&
      names(exemption.referenceIds, referenceId) &&
      covers(exemption.scope, cluster.id, ancestors) &&
      isSelected(exemption, cluster, referenceId),
  );
}

function names(referenceIds: readonly string[] | undefined, referenceId: string | undefined): boolean {
  if (referenceIds === undefined || referenceIds.length === 0) return true;
  return referenceId !== undefined && referenceIds.some((id) => id.toLowerCase() === referenceId.toLowerCase());
}
