import type { Cluster } from '../../contracts/cluster.ts';
import { desiredConfiguration } from '../flux/desired.ts';
import { diffConfiguration, type FieldDifference } from '../flux/diff.ts';
import { editedConfiguration, suspendedConfiguration } from '../flux/edit.ts';
import { diffExtension } from '../flux/extension-body.ts';
import type { Json } from '../flux/desired.ts';
import { describeAction, type Action } from './actions.ts';
import { prunedObjects, type PrunedObjects } from './pruned.ts';

/** What one action will do to one cluster, as far as what is there tells. */
export interface PlannedAction {
  readonly action: string;
  readonly effect: 'create' | 'update' | 'replace' | 'remove' | 'unchanged' | 'impossible';
  readonly differences: readonly FieldDifference[];
  /** Kustomizations that take what they applied with them, and what that is. */
  readonly prunes?: readonly PrunedObjects[];
  /** Why the action cannot succeed. */
  readonly problem?: string;
}

/** What is on a cluster now, from the inventory and Resource Graph. */
export interface Present {
  readonly cluster: Pick<Cluster, 'extension' | 'fluxV1'>;
  readonly values: Readonly<Record<string, string>>;
  /** Raw `properties` of a configuration by name. */
  readonly configuration: (name: string) => Json | undefined;
  /** Raw `properties` of the extension; undefined when there is none, or when they were not asked for. */
  readonly extension: Json | undefined;
}

/** Compares what an action wants with what is there. Pure; secrets cannot be compared and are left out. */
export function planAction(action: Action, present: Present): PlannedAction {
  switch (action.kind) {
    case 'removeFluxV1':
      return planned(action, present.cluster.fluxV1 ? 'remove' : 'unchanged');
    case 'ensureExtension': {
      if (present.cluster.extension === 'Missing') return planned(action, 'create');
      const differences = present.extension ? diffExtension(action.extension, { properties: present.extension }) : [];
      const repairs = present.cluster.extension === 'Failed' && action.extension.repair !== 'none';
      return planned(action, repairs || differences.length > 0 ? 'update' : 'unchanged', differences);
    }
    case 'removeExtension':
      return planned(action, present.cluster.extension === 'Missing' ? 'unchanged' : 'remove');
    case 'applyConfiguration': {
      const { name, replace } = action.configuration;
      return planApply(
        action,
        desiredConfiguration(action.configuration, present.values),
        present.configuration(name),
        replace,
      );
    }
    case 'editConfiguration':
      return planEdit(action, present);
    case 'suspendConfiguration': {
      const there = present.configuration(action.suspension.name);
      if (there === undefined) return missing(action);
      const desired = suspendedConfiguration({ properties: there }, action.suspension.action === 'suspend');
      return compare(action, desired, there);
    }
    case 'removeConfiguration': {
      const there = present.configuration(action.removal.name);
      if (there === undefined) return planned(action, 'unchanged');
      return { ...planned(action, 'remove'), prunes: action.removal.force ? [] : prunedObjects(there) };
    }
  }
}

function planApply(action: Action, desired: Json, there: Json | undefined, replace: boolean): PlannedAction {
  if (there === undefined) return planned(action, 'create', diffConfiguration(desired, undefined));
  const result = compare(action, desired, there);
  const immutable = result.differences.find(({ path }) => path === 'scope' || path === 'namespace');
  if (immutable === undefined) return result;
  if (replace) return { ...result, effect: 'replace', prunes: prunedObjects(there) };
  const problem = `${immutable.path} cannot be changed; say replace: true to remove the configuration and create it anew.`;
  return { ...result, effect: 'impossible', problem };
}

function planEdit(action: Extract<Action, { kind: 'editConfiguration' }>, present: Present): PlannedAction {
  const there = present.configuration(action.edit.name);
  if (there === undefined) return missing(action);
  const edited = editedConfiguration(action.edit, present.values, { properties: there });
  if (!edited.ok) return { ...planned(action, 'impossible'), problem: edited.problem };
  const removed = Object.entries(action.edit.kustomizations).flatMap(([name, edit]) => (edit === null ? [name] : []));
  const prunes = prunedObjects(there).filter(({ kustomization }) => removed.includes(kustomization));
  return { ...compare(action, edited.desired, there), ...(prunes.length > 0 && { prunes }) };
}

function compare(action: Action, desired: Json, there: Json): PlannedAction {
  const differences = diffConfiguration(desired, { properties: there });
  return planned(action, differences.length === 0 ? 'unchanged' : 'update', differences);
}

function missing(action: Action): PlannedAction {
  return { ...planned(action, 'impossible'), problem: 'The configuration is not on the cluster.' };
}

function planned(
  action: Action,
  effect: PlannedAction['effect'],
  differences: readonly FieldDifference[] = [],
): PlannedAction {
  return { action: describeAction(action), effect, differences };
}
