import {
  CONFIGURATION_NAME_LENGTH_ADVISED,
  CONFIGURATION_NAME_LENGTH_MAX,
  LIVE_CLUSTERS_MAX,
} from '../../contracts/limits.ts';
import type { ConfigurationChange } from '../../contracts/flux/change.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import { pinnedRevision } from '../flux/source.ts';
import type { FrozenPlan } from './freeze.ts';

/** Something the plan allows but people should know. */
export interface Warning {
  readonly code: string;
  readonly detail: string;
}

export function findWarnings(request: RolloutRequest, plan: FrozenPlan): Warning[] {
  return [...request.change.configurations.flatMap(changeWarnings), ...stageWarnings(plan)];
}

function changeWarnings(change: ConfigurationChange): Warning[] {
  switch (change.action) {
    case 'apply':
      return [...pinWarnings(change), ...nameWarnings(change.name), ...objectNameWarnings(change)];
    case 'edit':
      return objectNameWarnings(change);
    case 'suspend':
    case 'resume':
    case 'remove':
      return [];
  }
}

function pinWarnings(configuration: Configuration): Warning[] {
  if (pinnedRevision(configuration) !== undefined) return [];
  const { name, sourceKind } = configuration;
  const detail = `Configuration ${name} follows ${FOLLOWED[sourceKind]} once written, every change of it reaches the cluster by itself, in no stages. ${PIN[sourceKind]}`;
  return [{ code: 'NotPinned', detail }];
}

const FOLLOWED = {
  GitRepository: 'a moving ref:',
  OCIRepository: 'a moving tag:',
  Bucket: 'a bucket:',
  AzureBlob: 'a container:',
} as const;

const PIN = {
  GitRepository: 'Give a commit to pin it.',
  OCIRepository: 'Give a digest to pin it.',
  Bucket: 'A bucket cannot be pinned; put each release into a folder or a bucket of its own.',
  AzureBlob: 'A container cannot be pinned; put each release into a folder or a container of its own.',
} as const;

function nameWarnings(name: string): Warning[] {
  if (name.length <= CONFIGURATION_NAME_LENGTH_ADVISED && !name.includes('.')) return [];
  const detail = `The portal, Terraform and the built-in policies take names of at most ${CONFIGURATION_NAME_LENGTH_ADVISED} characters without periods; ${name} is not one.`;
  return [{ code: 'NameNotPortable', detail }];
}

/** Flux calls the object of a kustomization after both. */
function objectNameWarnings({
  name,
  kustomizations,
}: {
  readonly name: string;
  readonly kustomizations: Readonly<Record<string, unknown>>;
}): Warning[] {
  return Object.keys(kustomizations)
    .filter((kustomization) => kustomizations[kustomization] !== null)
    .map((kustomization) => `${name}-${kustomization}`)
    .filter((object) => object.length > CONFIGURATION_NAME_LENGTH_MAX)
    .map((object) => ({
      code: 'ObjectNameTooLong',
      detail: `The Kustomization object ${object} would have more than ${CONFIGURATION_NAME_LENGTH_MAX} characters.`,
    }));
}

function stageWarnings({ stages, targets, leftOut }: FrozenPlan): Warning[] {
  const warnings = stages
    .filter(({ size }) => size === 0)
    .map(({ name }) => ({ code: 'EmptyStage', detail: `Stage ${name} has no clusters.` }));
  const offline = targets.filter((target) => target.offline).length;
  if (offline > 0)
    warnings.push({ code: 'ClustersOffline', detail: `${offline} clusters are offline or stopped now.` });
  if (leftOut > 0)
    warnings.push({ code: 'ClustersLeftOut', detail: `${leftOut} selected clusters match no stage and are left out.` });
  for (const { name, maxConcurrency } of stages) {
    if (maxConcurrency <= LIVE_CLUSTERS_MAX) continue;
    const detail = `Stage ${name} allows ${maxConcurrency} clusters at once; at most ${LIVE_CLUSTERS_MAX} are in flight.`;
    warnings.push({ code: 'ConcurrencyCapped', detail });
  }
  return warnings;
}
