import { diffConfiguration, type FieldDifference } from '../flux/diff.ts';
import type { Json } from '../flux/json.ts';
import type { PolicyClaim } from './claims.ts';
import type { PolicyDesired } from './desired.ts';
import { meetsExistence } from './existence.ts';
import { diffPolicyExtension, isSetBy } from './policy-diff.ts';

/** What a rollout will have left on a cluster: raw `properties`, undefined when it removes the resource. */
export interface PlannedResource {
  readonly kind: 'configuration' | 'extension';
  readonly name: string;
  readonly properties: Json | undefined;
}

/** Another configuration that is on the cluster. */
export interface PresentConfiguration {
  readonly name: string;
  readonly properties: Json;
}

/**
 * `agrees`: the assignment wants the same. `fights`: a remediation would overwrite the rollout's work. `preempts`: the two differ, but
 * the assignment is content with what is there and leaves the cluster alone. `silent`: it has no say in this.
 */
export type ArbitrationVerdict = 'agrees' | 'fights' | 'preempts' | 'silent';

export interface Arbitration {
  readonly assignmentId: string;
  readonly verdict: ArbitrationVerdict;
  /** One sentence for people, naming the assignment. */
  readonly detail: string;
  /** What the assignment wants otherwise: its value is `desired`, the rollout's is `actual`. */
  readonly differences: readonly FieldDifference[];
}

type Told = Omit<Arbitration, 'assignmentId' | 'differences'> & { readonly differences?: readonly FieldDifference[] };

/**
 * Holds what an assignment wants of a cluster against what a rollout will leave there, by the fields that the definition sets.
 * `others` are the configurations that stay beside it: any of them may satisfy the assignment, whatever its name.
 */
export function arbitrate(
  claim: PolicyClaim,
  planned: PlannedResource,
  others: readonly PresentConfiguration[] = [],
): Arbitration {
  const told = judge(claim, planned, others);
  return { differences: [], ...told, assignmentId: claim.assignment.id };
}

function judge(claim: PolicyClaim, planned: PlannedResource, others: readonly PresentConfiguration[]): Told {
  const { desired, definitionId, enforced } = claim;
  const who = `Assignment '${claim.assignment.displayName}'`;
  if (desired.kind === 'unreadable') return silent(`${who} cannot be compared: ${desired.problem}.`);
  if (desired.effect === 'Disabled') return silent(`${who} is disabled here.`);
  if (desired.kind !== planned.kind) return silent(`${who} is about the ${desired.kind}, not the ${planned.kind}.`);
  const what = `${desired.kind} '${desired.name}'`;
  const satisfies = (properties: Json | undefined): boolean =>
    properties !== undefined && meetsExistence(definitionId, desired, properties);
  if (desired.kind === 'configuration' && !isSameName(desired.name, planned.name)) {
    if (!satisfies(planned.properties)) return silent(`${who} is about ${what}, which stands beside this one.`);
    const detail = `${who} takes '${planned.name}' for its own ${what} and deploys nothing.`;
    return { verdict: 'preempts', detail };
  }
  const differences = planned.properties === undefined ? [] : differencesOf(desired, planned.properties);
  if (planned.properties !== undefined && differences.length === 0) {
    return { verdict: 'agrees', detail: `${who} wants the same of ${what}.` };
  }
  const fields = planned.properties === undefined ? 'that it is there' : differences.map(({ path }) => path).join(', ');
  const content = others.find(({ properties }) => satisfies(properties));
  if (satisfies(planned.properties) || content !== undefined) {
    const reason = content === undefined ? 'does not compare them' : `is content with '${content.name}'`;
    const detail = `${who} wants ${what} otherwise (${fields}), but ${reason} and leaves the cluster alone.`;
    return { verdict: 'preempts', detail, differences };
  }
  if (desired.effect === 'DeployIfNotExists' && enforced) {
    const detail = `${who} wants ${what} otherwise (${fields}): its next remediation overwrites what is rolled out.`;
    return { verdict: 'fights', detail, differences };
  }
  const reason = enforced ? 'it only audits' : 'it is not enforced';
  const detail = `${who} will report ${what} (${fields}) and change nothing: ${reason}.`;
  return { verdict: 'silent', detail, differences };
}

function differencesOf(desired: Exclude<PolicyDesired, { kind: 'unreadable' }>, properties: Json): FieldDifference[] {
  if (desired.kind === 'extension') return diffPolicyExtension(desired.properties, properties);
  const isSet = isSetBy(desired.properties);
  return diffConfiguration({ properties: desired.properties }, { properties }).filter(({ path }) => isSet(path));
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function silent(detail: string): Told {
  return { verdict: 'silent', detail };
}
