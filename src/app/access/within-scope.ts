import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Target } from '../../contracts/cluster-rows.ts';
import type { Inventory } from '../../contracts/cluster.ts';
import { Refusal } from '../../contracts/errors.ts';
import { OUTSIDE_SHOWN_MAX, TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import type { Selector } from '../../contracts/selector.ts';
import { selectClusters } from '../../core/fleet/select.ts';
import type { Deps } from '../deps.ts';
import { knownFleet } from '../fleet.ts';
import type { Scope } from './scope.ts';

/** Refuses a change of clusters that are not all in the scope. @throws Refusal 403 naming the first of them */
export function refuseOutside(
  scope: Scope,
  targets: readonly Pick<Target, 'clusterId'>[],
  { clusters }: Inventory,
): void {
  if (scope.isWhole) return;
  const inside = new Set(clusters.filter(scope.hasCluster).map(({ id }) => clusterKey(id)));
  const foreign = targets.map(({ clusterId }) => clusterId).filter((id) => !inside.has(clusterKey(id)));
  if (foreign.length === 0) return;
  const first = foreign.slice(0, OUTSIDE_SHOWN_MAX).join(', ');
  const more = foreign.length > OUTSIDE_SHOWN_MAX ? ` and ${foreign.length - OUTSIDE_SHOWN_MAX} more` : '';
  const of = `${foreign.length} of ${targets.length} clusters`;
  throw outside(scope, `${of} are outside of what you may change: ${first}${more}.`);
}

/**
 * Refuses commands on a rollout by whom it does not concern: neither the definition that started it nor all of its clusters are in the
 * scope. Says nothing about a rollout that does not exist.
 *
 * @throws Refusal 403
 */
export async function refuseForeignRollout(deps: Deps, scope: Scope, rolloutId: string): Promise<void> {
  if (scope.isWhole) return;
  const rollout = (await deps.store.header(rolloutId))?.value;
  if (rollout === undefined) return;
  if (rollout.definition !== undefined && scope.hasDefinition(rollout.definition.name)) return;
  refuseOutside(scope, await targetsOf(deps, rollout), await knownFleet(deps));
}

/** The same for a definition: it is in the scope by its name, or with all clusters that it rolls out to now. @throws Refusal 403 */
export async function refuseForeignDefinition(deps: Deps, scope: Scope, name: string): Promise<void> {
  if (scope.isWhole || scope.hasDefinition(name)) return;
  const stored = await deps.definitions.read(name);
  if (stored === undefined) return;
  const { selector, exclude } = stored.value.definition.rollout.target;
  await refuseForeignSelection(deps, scope, selector, exclude);
}

/** The same for a policy binding, which is in the scope with all clusters that it selects now. @throws Refusal 403 */
export async function refuseForeignBinding(deps: Deps, scope: Scope, name: string): Promise<void> {
  if (scope.isWhole) return;
  const stored = await deps.bindings.read(name);
  if (stored !== undefined) await refuseForeignSelection(deps, scope, stored.value.binding.selector);
}

async function refuseForeignSelection(deps: Deps, scope: Scope, selector: Selector, exclude?: Selector): Promise<void> {
  const fleet = await knownFleet(deps);
  const selected = selectClusters(fleet.clusters, selector, exclude).map(({ id }) => ({ clusterId: id }));
  if (selected.length === 0) {
    throw outside(scope, 'It selects no clusters at present, so that nobody knows whether they are yours to change.');
  }
  refuseOutside(scope, selected, fleet);
}

async function targetsOf({ store }: Deps, rollout: Rollout): Promise<Target[]> {
  const targets: Target[] = [];
  for (let from = 0; from < rollout.targets; from += TARGETS_PER_PAGE) {
    targets.push(...(await store.targets(rollout.id, { from, to: from + TARGETS_PER_PAGE - 1 })));
  }
  return targets;
}

function outside(scope: Scope, problem: string): Refusal {
  return new Refusal(403, 'OutsideGrants', `${problem} ${remedy(scope)}`);
}

function remedy({ grants, groupsUnknown }: Scope): string {
  if (groupsUnknown) {
    return 'Your token does not list your groups, since there are too many: grants for groups cannot be found. Have the registration emit only groups assigned to the application, or be granted by object id.';
  }
  if (grants.length === 0) return 'No grant names you (setting FLOTILLA_GRANTS).';
  return `Your grants: ${grants.join(', ')} (setting FLOTILLA_GRANTS).`;
}
