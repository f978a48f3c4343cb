import type { Action } from '../../core/change/actions.ts';
import type { Deps } from '../deps.ts';
import { readConfiguration, readConfigurationRemoval } from './read-configuration.ts';
import { readExtension, readExtensionRemoval, readFluxV1Removal } from './read-extension.ts';
import type { Attempt, Reading } from './reading.ts';

/** Reads what an action has led to on one cluster. One ARM read. */
export function readAction(deps: Deps, action: Action, clusterId: string, attempt: Attempt): Promise<Reading> {
  switch (action.kind) {
    case 'applyConfiguration':
      return attempt.removing
        ? readConfigurationRemoval(deps, action.configuration.name, clusterId, attempt)
        : readConfiguration(deps, action, clusterId, attempt);
    case 'editConfiguration':
    case 'suspendConfiguration':
      return readConfiguration(deps, action, clusterId, attempt);
    case 'removeConfiguration':
      return readConfigurationRemoval(deps, action.removal.name, clusterId, attempt);
    case 'ensureExtension':
      return attempt.removing
        ? readExtensionRemoval(deps, clusterId, attempt)
        : readExtension(deps, action.extension, clusterId, attempt);
    case 'removeExtension':
      return readExtensionRemoval(deps, clusterId, attempt);
    case 'removeFluxV1':
      return readFluxV1Removal(deps, clusterId, attempt);
  }
}
