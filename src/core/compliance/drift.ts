import type { Cluster } from '../../contracts/cluster.ts';
import type { Drift } from '../../contracts/compliance.ts';
import type { Action } from '../change/actions.ts';
import { desiredConfiguration } from '../flux/desired.ts';
import { editedConfiguration, suspendedConfiguration } from '../flux/edit.ts';
import { diffConfiguration, type FieldDifference } from '../flux/diff.ts';
import { diffExtension } from '../flux/extension-body.ts';
import type { Json } from '../flux/json.ts';
import { isOnCommit } from '../flux/health.ts';
import { observeConfiguration } from '../flux/observed.ts';
import { pinnedRevision } from '../flux/source.ts';

/** An action of a rollout with the values of one cluster. */
export interface RolledOut {
  readonly rolloutId: string;
  readonly action: Action;
  readonly values: Readonly<Record<string, string>>;
}

/** What was last rolled out with success to one subject of one cluster, and what was edited, suspended or resumed since. */
export interface DesiredState extends RolledOut {
  readonly edits: readonly RolledOut[];
  /** The stage of the last of these rollouts, where it is known. */
  readonly stage?: string;
}

/** What is there now. */
export interface ActualState {
  readonly cluster: Pick<Cluster, 'extension' | 'extensionVersion'>;
  /** Raw `properties`; undefined when there is none. */
  readonly properties: Json | undefined;
  readonly modifiedBy?: string;
  readonly modifiedAt?: number;
}

/** A drift before it is known since when it is there. */
export type FoundDrift = Omit<Drift, 'firstSeenAt'>;

/** Differences of one configuration that are told one by one; the rest is counted. Ours: a screen full. */
const DIFFERENCES_MAX = 20;

/** Compares one configuration with what was last rolled out: plan ↔ ARM, then ARM ↔ what the agent reports. */
export function configurationDrifts(desired: DesiredState | undefined, actual: ActualState): FoundDrift[] {
  const { properties } = actual;
  if (properties === undefined) return desired === undefined ? [] : missing(desired);
  const reported = agentDrifts(desired, properties);
  if (desired === undefined) return [unmanaged(actual), ...reported];
  const owner = `rollout ${desired.rolloutId}`;
  switch (desired.action.kind) {
    case 'removeConfiguration':
      return [{ ...unmanaged(actual), detail: 'It was removed by the last rollout and is there again.', owner }];
    case 'applyConfiguration': {
      const applied = desiredConfiguration(desired.action.configuration, desired.values);
      const want = desired.edits.reduce(edited, applied);
      return [...modified(diffConfiguration(want, { properties }), actual, owner), ...reported];
    }
    case 'suspendConfiguration':
    case 'editConfiguration':
    case 'ensureExtension':
    case 'removeExtension':
    case 'removeFluxV1':
      return reported;
  }
}

/** The desired configuration after one more edit. An edit that does not fit any more is left out: it was carried out on another state. */
function edited(desired: Json, { action, values }: RolledOut): Json {
  if (action.kind === 'suspendConfiguration') {
    return suspendedConfiguration(desired, action.suspension.action === 'suspend');
  }
  if (action.kind !== 'editConfiguration') return desired;
  const result = editedConfiguration(action.edit, values, desired);
  return result.ok ? result.desired : desired;
}

/** Compares the extension with what was last rolled out; without a rollout of its own, with what configurations need. */
export function extensionDrifts(
  desired: DesiredState | undefined,
  actual: ActualState,
  isNeeded: boolean,
): FoundDrift[] {
  const { extension } = actual.cluster;
  const owner = desired === undefined ? {} : { owner: `rollout ${desired.rolloutId}` };
  const wanted = desired?.action.kind === 'ensureExtension' ? desired.action.extension : undefined;
  if (extension === 'Missing') {
    if (wanted === undefined && !isNeeded) return [];
    const detail = 'The microsoft.flux extension is not there, so nothing reconciles.';
    return [{ kind: 'ExtensionMissing', layer: 'arm', detail, ...owner }];
  }
  if (extension === 'Failed') {
    return [
      { kind: 'ExtensionFailed', layer: 'cluster', detail: 'The microsoft.flux extension has failed.', ...owner },
    ];
  }
  if (wanted === undefined || actual.properties === undefined) return [];
  return modified(diffExtension(wanted, { properties: actual.properties }), actual, owner.owner ?? '');
}

function missing({ rolloutId, action }: DesiredState): FoundDrift[] {
  if (action.kind === 'removeConfiguration') return [];
  const detail = 'It was rolled out and is not there any more.';
  return [{ kind: 'Missing', layer: 'plan', detail, owner: `rollout ${rolloutId}` }];
}

function unmanaged(actual: ActualState): FoundDrift {
  const detail = 'No rollout of this installation put it there.';
  return { kind: 'Unmanaged', layer: 'plan', detail, ...attribution(actual) };
}

function modified(differences: readonly FieldDifference[], actual: ActualState, owner: string): FoundDrift[] {
  const told = differences.slice(0, DIFFERENCES_MAX).map(({ path, desired, actual: found }): FoundDrift => ({
    kind: 'Modified',
    layer: 'plan',
    path,
    ...(desired !== undefined && { desired }),
    ...(found !== undefined && { actual: found }),
    detail: `${path} is not what was rolled out.`,
    owner,
    ...attribution(actual),
  }));
  const left = differences.length - told.length;
  if (left <= 0) return told;
  return [
    ...told,
    { kind: 'Modified', layer: 'plan', detail: `${left} more fields differ.`, owner, ...attribution(actual) },
  ];
}

function attribution({ modifiedBy, modifiedAt }: ActualState): Pick<Drift, 'changedBy' | 'changedAt'> {
  return {
    ...(modifiedBy !== undefined && { changedBy: modifiedBy }),
    ...(modifiedAt !== undefined && { changedAt: modifiedAt }),
  };
}

/** What the agent says against what ARM asks of it: the revision, and compliance. */
function agentDrifts(desired: DesiredState | undefined, properties: Json): FoundDrift[] {
  const { complianceState, sourceSyncedCommitId, objects } = observeConfiguration({ properties });
  const pinned =
    desired?.action.kind === 'applyConfiguration' ? pinnedRevision(desired.action.configuration) : undefined;
  const elsewhere: FoundDrift[] =
    pinned === undefined || properties.suspend === true || isOnCommit(sourceSyncedCommitId, pinned)
      ? []
      : [
          {
            kind: 'NotCompliant',
            layer: 'cluster',
            path: 'sourceSyncedCommitId',
            desired: pinned,
            ...(sourceSyncedCommitId !== undefined && { actual: sourceSyncedCommitId }),
            detail: 'The cluster is on another revision than the one that was rolled out.',
          },
        ];
  if (complianceState !== 'Non-Compliant') return elsewhere;
  const failing = objects.find((object) => object.complianceState === 'Non-Compliant');
  const detail =
    failing === undefined ? 'Flux reports Non-Compliant.' : `${failing.kind} ${failing.name} is Non-Compliant.`;
  return [...elsewhere, { kind: 'NotCompliant', layer: 'cluster', detail }];
}
