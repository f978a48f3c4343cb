import { desiredConfiguration } from '../flux/desired.ts';
import { editedConfiguration } from '../flux/edit.ts';
import { desiredExtension } from '../flux/extension-body.ts';
import { propertiesOf, type Json } from '../flux/json.ts';
import type { PlannedResource } from '../policy/arbitrate.ts';
import { onlyEnsuresPresence, type Action } from './actions.ts';

/**
 * What an action will leave on a cluster, as far as it can be told; undefined for actions that leave everything as it was. `present`
 * answers the raw `properties` of a configuration that is there.
 */
export function plannedResource(
  action: Action,
  values: Readonly<Record<string, string>>,
  present: (name: string) => Json | undefined,
): PlannedResource | undefined {
  switch (action.kind) {
    case 'applyConfiguration': {
      const { configuration } = action;
      const properties = propertiesOf(desiredConfiguration(configuration, values));
      return { kind: 'configuration', name: configuration.name, properties };
    }
    case 'editConfiguration': {
      const there = present(action.edit.name);
      const edited = there && editedConfiguration(action.edit, values, { properties: there });
      if (edited?.ok !== true) return undefined;
      return { kind: 'configuration', name: action.edit.name, properties: propertiesOf(edited.desired) };
    }
    case 'removeConfiguration':
      return { kind: 'configuration', name: action.removal.name, properties: undefined };
    case 'ensureExtension': {
      if (onlyEnsuresPresence(action)) return undefined;
      return { kind: 'extension', name: 'flux', properties: propertiesOf(desiredExtension(action.extension, '')) };
    }
    case 'removeExtension':
      return { kind: 'extension', name: 'flux', properties: undefined };
    case 'suspendConfiguration':
    case 'removeFluxV1':
      return undefined;
  }
}
