import type { PolicyBook } from '../../core/policy/claims.ts';
import { isFluxDefinition } from '../../core/policy/flux-definitions.ts';
import { ancestorsOf } from '../../core/policy/scope.ts';
import type { PolicyDefinition, PolicySet } from '../../core/policy/records.ts';
import type { ArmResult } from '../../ports/arm.ts';
import type { Deps } from '../deps.ts';

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
    const fault = (await readSet(deps, id, sets)) ?? (await readDefinitions(deps, membersOf(id, sets), definitions));
    // Half a book would call a plan free of fights that is not.
    if (fault !== undefined) return unreadable(deps, subscriptionId, fault);
  }
  const { value } = assignments;
  return { assignments: value, definitions, sets, exemptions: exemptions.value, ancestors: ancestorsOf(value) };
}

const EMPTY: PolicyBook = { assignments: [], definitions: new Map(), sets: new Map(), exemptions: [], ancestors: [] };

type Fault = Extract<ArmResult<unknown>, { ok: false }>;

async function readSet(deps: Deps, id: string, sets: Map<string, PolicySet>): Promise<Fault | undefined> {
  if (!INITIATIVE.test(id)) return undefined;
  const set = await deps.policy.set(id);
  if (!set.ok) return set;
  if (set.value !== undefined) sets.set(id.toLowerCase(), set.value);
  return undefined;
}

function membersOf(id: string, sets: ReadonlyMap<string, PolicySet>): string[] {
  return sets.get(id.toLowerCase())?.members.map(({ definitionId }) => definitionId) ?? [id];
}

async function readDefinitions(
  deps: Deps,
  ids: readonly string[],
  definitions: Map<string, PolicyDefinition>,
): Promise<Fault | undefined> {
  for (const id of ids) {
    if (!isFluxDefinition(id) || definitions.has(id.toLowerCase())) continue;
    const definition = await deps.policy.definition(id);
    if (!definition.ok) return definition;
    if (definition.value !== undefined) definitions.set(id.toLowerCase(), definition.value);
  }
  return undefined;
}

function unreadable(deps: Deps, subscriptionId: string, { fault }: Fault): undefined {
  deps.log.warn('policy could not be read', { subscriptionId, fault: fault.kind });
  return undefined;
}
