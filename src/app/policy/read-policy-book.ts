import type { PolicyBook } from '../../core/policy/claims.ts';
import { isFluxDefinition } from '../../core/policy/flux-definitions.ts';
import { ancestorsOf } from '../../core/policy/scope.ts';
import type { ArmFault, ArmResult } from '../../ports/arm.ts';
import { readsOfSubscription, recordThrottling, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';

const INITIATIVE = /\/policysetdefinitions\//i;

/**
 * Reads what Policy wants of the clusters of a subscription, as far as Flux is concerned. Undefined when it cannot be read, or the
 * quota of reads has no room just now: policy is one opinion among others, and nothing waits for it. Half a book is none: it would
 * call a plan free of fights that is not.
 */
export async function readPolicyBook(deps: Deps, subscriptionId: string): Promise<PolicyBook | undefined> {
  const { policy, log } = deps;
  const assignments = await readAll(deps, subscriptionId, [subscriptionId], (id) => policy.assignments(id));
  if (!assignments.ok) return unreadable(log, subscriptionId, assignments.reason);
  const assigned = assignments.values.flat();
  if (assigned.length === 0) return EMPTY;
  const exemptions = await readAll(deps, subscriptionId, [subscriptionId], (id) => policy.exemptions(id));
  if (!exemptions.ok) return unreadable(log, subscriptionId, exemptions.reason);

  const ids = assigned.map(({ definitionId }) => definitionId);
  const initiatives = unique(ids.filter((id) => INITIATIVE.test(id)));
  const read = await readAll(deps, subscriptionId, initiatives, (id) => policy.set(id));
  if (!read.ok) return unreadable(log, subscriptionId, read.reason);
  const sets = byId(initiatives, read.values);

  const members = [...sets.values()].flatMap((set) => set.members.map(({ definitionId }) => definitionId));
  const flux = unique([...ids, ...members].filter(isFluxDefinition));
  const found = await readAll(deps, subscriptionId, flux, (id) => policy.definition(id));
  if (!found.ok) return unreadable(log, subscriptionId, found.reason);
  return {
    assignments: assigned,
    definitions: byId(flux, found.values),
    sets,
    exemptions: exemptions.values.flat(),
    ancestors: ancestorsOf(assigned),
  };
}

const EMPTY: PolicyBook = { assignments: [], definitions: new Map(), sets: new Map(), exemptions: [], ancestors: [] };

type ReadAll<T> =
  | { readonly ok: true; readonly values: readonly T[] }
  | { readonly ok: false; readonly reason: ArmFault['kind'] | 'the read quota is used up' };

/** Reads one after the other, all of them paid for before the first. */
async function readAll<T>(
  deps: Deps,
  subscriptionId: string,
  ids: readonly string[],
  read: (id: string) => Promise<ArmResult<T>>,
): Promise<ReadAll<T>> {
  const pool = readsOfSubscription(subscriptionId);
  const slots = await reserve(deps, pool, ids.length, 0);
  if (slots.length < ids.length) return { ok: false, reason: 'the read quota is used up' };
  const values: T[] = [];
  for (const id of ids) {
    const result = await read(id);
    if (!result.ok) {
      const { fault } = result;
      if (fault.kind === 'throttled') await recordThrottling(deps, pool, fault.retryAfterMs);
      return { ok: false, reason: fault.kind };
    }
    values.push(result.value);
  }
  return { ok: true, values };
}

function unique(ids: readonly string[]): string[] {
  return [...new Map(ids.map((id) => [id.toLowerCase(), id])).values()];
}

/** What was found, by the id that was asked for in lower case. */
function byId<T>(ids: readonly string[], found: readonly (T | undefined)[]): Map<string, T> {
  return new Map(
    ids.flatMap((id, index): [string, T][] => {
      const one = found[index];
      return one === undefined ? [] : [[id.toLowerCase(), one]];
    }),
  );
}

function unreadable(log: Deps['log'], subscriptionId: string, reason: string): undefined {
  log.warn('policy could not be read', { subscriptionId, reason });
  return undefined;
}
