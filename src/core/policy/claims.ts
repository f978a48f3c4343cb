import type { ClusterType } from '../../contracts/cluster-id.ts';
import { policyDesired, type PolicyDesired } from './desired.ts';
import { effectiveParameters, type PolicyMembership } from './parameters.ts';
import type { PolicyAssignment, PolicyDefinition, PolicyExemption, PolicySet } from './records.ts';
import { assignmentReaches } from './scope.ts';
import type { PolicySubject } from './selectors.ts';

/** What one assignment wants of one cluster, by one Flux definition. */
export interface PolicyClaim {
  readonly assignment: PolicyAssignment;
  /** Which member of an initiative says so; a remediation has to name it. */
  readonly referenceId: string | undefined;
  readonly definitionId: string;
  /** False: nothing is deployed unless somebody starts a remediation. */
  readonly enforced: boolean;
  readonly desired: PolicyDesired;
}

/** What was read of Policy for the subscription of a cluster. Definitions and sets by id in lower case. */
export interface PolicyBook {
  readonly assignments: readonly PolicyAssignment[];
  readonly definitions: ReadonlyMap<string, PolicyDefinition>;
  readonly sets: ReadonlyMap<string, PolicySet>;
  readonly exemptions: readonly PolicyExemption[];
  /** Management groups above the subscription. */
  readonly ancestors: readonly string[];
}

/** The types that the rule of every built-in Flux definition names: hybrid clusters are none of its business. */
const RULED_TYPES: readonly ClusterType[] = ['connectedClusters', 'managedClusters'];

/** Everything that Policy wants of a cluster by Flux definitions, in the order of the assignments. `now` is milliseconds since the epoch. */
export function policyClaims(book: PolicyBook, cluster: PolicySubject, now: number): PolicyClaim[] {
  if (!RULED_TYPES.includes(cluster.type)) return [];
  return book.assignments.flatMap((assignment) =>
    definitionsOf(assignment, book).flatMap(({ definition, membership }): PolicyClaim[] => {
      const referenceId = membership?.member.referenceId;
      const context = { ...book, now, ...(referenceId !== undefined && { referenceId }) };
      const reach = assignmentReaches(assignment, cluster, context);
      if (!reach.reaches) return [];
      const parameters = effectiveParameters(definition, membership, assignment, cluster);
      const desired = policyDesired(definition.id, parameters);
      if (desired === undefined) return [];
      return [{ assignment, referenceId, definitionId: definition.id, enforced: reach.enforced, desired }];
    }),
  );
}

interface Assigned {
  readonly definition: PolicyDefinition;
  readonly membership: PolicyMembership | undefined;
}

function definitionsOf({ definitionId }: PolicyAssignment, { definitions, sets }: PolicyBook): Assigned[] {
  const set = sets.get(definitionId.toLowerCase());
  if (set === undefined) {
    const definition = definitions.get(definitionId.toLowerCase());
    return definition === undefined ? [] : [{ definition, membership: undefined }];
  }
  return set.members.flatMap((member): Assigned[] => {
    const definition = definitions.get(member.definitionId.toLowerCase());
    return definition === undefined ? [] : [{ definition, membership: { set, member } }];
  });
}
