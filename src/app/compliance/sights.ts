import type { Cluster } from '../../contracts/cluster.ts';
import type { Snapshot } from '../../contracts/compliance.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import { configurationDrifts, extensionDrifts, type DesiredState } from '../../core/compliance/drift.ts';
import type { Sight } from '../../core/compliance/snapshot.ts';
import { configurationState, extensionState } from '../../core/compliance/state.ts';
import { observeConfiguration } from '../../core/flux/observed.ts';
import { objectOf, textOf } from '../../core/flux/raw-json.ts';
import { sourceBlock } from '../../core/flux/shown-source.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { FoundConfiguration } from '../../ports/graph.ts';

/** What is seen of one configuration that is there. */
export function configurationSight(
  cluster: Cluster,
  { name, properties, modifiedBy, modifiedAt }: FoundConfiguration,
  desired: DesiredState | undefined,
  now: number,
): Sight {
  const { provisioningState, complianceState, sourceSyncedCommitId, errorMessage, objects } = observeConfiguration({
    properties,
  });
  const drifts = configurationDrifts(desired, {
    cluster,
    properties,
    ...(modifiedBy !== undefined && { modifiedBy }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  });
  const failing = objects.find(({ ready }) => ready?.status === 'False');
  const reason = failing?.ready && `${failing.kind} ${failing.name}: ${failing.ready.reason}: ${failing.ready.message}`;
  const namespace = textOf(properties.namespace);
  const sourceUrl = textOf(objectOf(sourceBlock(properties)).url);
  const detail = errorMessage ?? reason ?? drifts[0]?.detail;
  return {
    clusterId: cluster.id,
    subject: name,
    state: configurationState(properties, cluster.offline, now),
    ...(provisioningState !== undefined && { provisioningState }),
    ...(complianceState !== undefined && { complianceState }),
    ...(sourceSyncedCommitId !== undefined && { revision: sourceSyncedCommitId }),
    ...(namespace !== undefined && { namespace }),
    ...(sourceUrl !== undefined && { sourceUrl }),
    ...(detail !== undefined && { detail }),
    ...(desired && { rolloutId: desired.rolloutId }),
    drifts,
  };
}

/** What is seen of the extension; undefined when there is none and nobody misses it. */
export function extensionSight(
  cluster: Cluster,
  properties: ArmJson | undefined,
  desired: DesiredState | undefined,
  isNeeded: boolean,
): Sight | undefined {
  const drifts = extensionDrifts(desired, { cluster, properties }, isNeeded);
  if (cluster.extension === 'Missing' && drifts.length === 0) return undefined;
  const detail = drifts[0]?.detail;
  return {
    clusterId: cluster.id,
    subject: EXTENSION_SUBJECT,
    state: cluster.extension === 'Missing' ? 'Absent' : extensionState(cluster.extension, cluster.offline),
    ...(cluster.extensionVersion !== undefined && { version: cluster.extensionVersion }),
    ...(detail !== undefined && { detail }),
    ...(desired && { rolloutId: desired.rolloutId }),
    drifts,
  };
}

/** True for what a person should be told the reason of: it is read by GET, since Resource Graph leaves conditions out. */
export function isUnhealthy({ state }: Pick<Snapshot, 'state'>): boolean {
  return state === 'NotCompliant' || state === 'Failed';
}
