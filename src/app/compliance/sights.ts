import type { Cluster } from '../../contracts/cluster.ts';
import type { Snapshot } from '../../contracts/compliance.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import { policyDrifts } from '../../core/compliance/policy-drift.ts';
import { configurationDrifts, extensionDrifts, type DesiredState } from '../../core/compliance/drift.ts';
import { lastRollout, type Sight } from '../../core/compliance/snapshot.ts';
import { configurationState, extensionState } from '../../core/compliance/state.ts';
import { observeConfiguration } from '../../core/flux/observed.ts';
import { objectOf, textOf } from '../../core/flux/raw-json.ts';
import { sourceBlock } from '../../core/flux/shown-source.ts';
import type { PresentConfiguration } from '../../core/policy/arbitrate.ts';
import type { PolicyClaim } from '../../core/policy/claims.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { FoundConfiguration } from '../../ports/graph.ts';

/** Who wants what of one subject of one cluster. */
export interface Wishes {
  readonly desired: DesiredState | undefined;
  readonly claims: readonly PolicyClaim[];
  /** Other configurations of the cluster, which may satisfy an assignment. */
  readonly others: readonly PresentConfiguration[];
}

/** What is seen of one configuration that is there. */
export function configurationSight(
  cluster: Cluster,
  { name, properties, modifiedBy, modifiedAt }: FoundConfiguration,
  { desired, claims, others }: Wishes,
  now: number,
): Sight {
  const { provisioningState, complianceState, sourceSyncedCommitId, errorMessage, objects } = observeConfiguration({
    properties,
  });
  const actual = {
    cluster,
    properties,
    ...(modifiedBy !== undefined && { modifiedBy }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  };
  const drifts = [...configurationDrifts(desired, actual), ...policyDrifts(claims, name, properties, others)];
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
    ...lastRollout(desired),
    drifts,
  };
}

/** What is seen of the extension; undefined when there is none and nobody misses it. */
export function extensionSight(
  cluster: Cluster,
  properties: ArmJson | undefined,
  { desired, claims, others }: Wishes,
  isNeeded: boolean,
): Sight | undefined {
  const drifts = [
    ...extensionDrifts(desired, { cluster, properties }, isNeeded),
    // Its settings are read only where somebody rolled them out; that it is missing is known of every cluster.
    ...(properties !== undefined || cluster.extension === 'Missing'
      ? policyDrifts(claims, EXTENSION_SUBJECT, properties, others)
      : []),
  ];
  if (cluster.extension === 'Missing' && drifts.length === 0) return undefined;
  const detail = drifts[0]?.detail;
  return {
    clusterId: cluster.id,
    subject: EXTENSION_SUBJECT,
    state: cluster.extension === 'Missing' ? 'Absent' : extensionState(cluster.extension, cluster.offline),
    ...(cluster.extensionVersion !== undefined && { version: cluster.extensionVersion }),
    ...(detail !== undefined && { detail }),
    ...lastRollout(desired),
    drifts,
  };
}

/** True for what a person should be told the reason of: it is read by GET, since Resource Graph leaves conditions out. */
export function isUnhealthy({ state }: Pick<Snapshot, 'state'>): boolean {
  return state === 'NotCompliant' || state === 'Failed';
}
