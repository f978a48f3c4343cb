import type { SnapshotState } from '../../contracts/compliance.ts';
import { AGENT_STALE_SECONDS } from '../../contracts/timing.ts';
import { observeConfiguration } from '../flux/observed.ts';
import type { Json } from '../flux/json.ts';

/**
 * How a configuration stands, from its raw `properties`. An agent that has been silent for too long proves nothing, whatever it
 * said last: its status stands still, and that is the only sign of a dead one (reference of the service).
 */
export function configurationState(properties: Json, isOffline: boolean, now: number): SnapshotState {
  if (isOffline) return 'Unreachable';
  const { provisioningState, complianceState, statusUpdatedAt } = observeConfiguration({ properties });
  if (provisioningState === 'Failed' || provisioningState === 'Canceled') return 'Failed';
  if (statusUpdatedAt !== undefined && now - statusUpdatedAt > AGENT_STALE_SECONDS * 1000) return 'Stale';
  switch (complianceState) {
    case 'Compliant':
      return 'Compliant';
    case 'Non-Compliant':
      return 'NotCompliant';
    case 'Suspended':
      return 'Suspended';
    default:
      return 'Pending';
  }
}

/** How the extension stands, by its state in the inventory. */
export function extensionState(state: string, isOffline: boolean): SnapshotState {
  if (state === 'Failed') return 'Failed';
  if (isOffline) return 'Unreachable';
  return state === 'Succeeded' ? 'Compliant' : 'Pending';
}
