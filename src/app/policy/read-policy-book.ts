import type { PolicyBook } from '../../core/policy/claims.ts';
import { isFluxDefinition } from '../../core/policy/flux-definitions.ts';
import type { PolicyDefinition, PolicySet } from '../../core/policy/records.ts';
import type { ArmResult } from '../../ports/arm.ts';
import type { Deps } from '../deps.ts';

const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\//i;
const INITIATIVE = /\/policysetdefinitions\//i;

/**
 * Reads what Policy wants of the clusters of a subscription, as far as Flux is concerned. Undefined when it cannot be read: policy is
 * one opinion among others, and nothing waits for it.
 */
export async function readPolicyBook(deps: Deps, subscriptionId: string): Promise<PolicyBook | undefined> {
  const assignments = await deps.policy.assignments(subscriptionId);
  if (!assignments.ok) return unreadable(deps, subscriptionId, assignments);
  if (assignments.value.length === 0) return { ...EMPTY, assignments: [] };
  const exemptions = await deps.policy.exemptions(subscriptionId);
  if (!exemptions.ok) return unreadable(deps, subscriptionId, exemptions);
  const definitions = new Map<string, PolicyDefinition>();
  const sets = new Map<string, PolicySet>();
  for (const id of new Set(assignments.value.map(({ definitionId }) => definitionId))) {
    const members = INITIATIVE.test(id) ? await readSet(deps, id, sets) : [id];
    for (const member of members) if (isFluxDefinition(member)) await readDefinition(deps, member, definitions);
  }
  const ancestors = assignments.value.map(({ scope }) => scope).filter((scope) => MANAGEMENT_GROUP.test(scope));
  return { assignments: assignments.value, definitions, sets, exemptions: exemptions.value, ancestors };
}

const EMPTY: PolicyBook = { assignments: [], definitions: new Map(), sets: new Map(), exemptions: [], ancestors: [] };

async function readSet(deps: Deps, id: string, sets: Map<string, PolicySet>): Promise<string[]> {
  const set = await deps.policy.set(id);
  if (!set.ok || set.value === undefined) return [];
  sets.set(id.toLowerCase(), set.value);
  return set.value.members.map(({ definitionId }) => definitionId);
}

async function readDefinition(deps: Deps, id: string, definitions: Map<string, PolicyDefinition>): Promise<void> {
  if (definitions.has(id.toLowerCase())) return;
  const definition = await deps.policy.definition(id);
  if (definition.ok && definition.value !== undefined) definitions.set(id.toLowerCase(), definition.value);
}

function unreadable(
  deps: Deps,
  subscriptionId: string,
  { fault }: Extract<ArmResult<unknown>, { ok: false }>,
): undefined {
  deps.log.warn('policy could not be read', { subscriptionId, fault: fault.kind });
  return undefined;
}
