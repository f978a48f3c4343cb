import {
  CONFIGURATION_NAME_LENGTH_ADVISED,
  CONFIGURATION_NAME_LENGTH_MAX,
  LIVE_CLUSTERS_MAX,
} from '../../contracts/limits.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { FrozenPlan } from './freeze.ts';

/** Something the plan allows but people should know. */
export interface Warning {
  readonly code: string;
  readonly detail: string;
}

export function findWarnings(request: RolloutRequest, plan: FrozenPlan): Warning[] {
  return [...request.change.configurations.flatMap(configurationWarnings), ...stageWarnings(plan)];
}

function configurationWarnings({ name, gitRepository, kustomizations }: Configuration): Warning[] {
  const warnings: Warning[] = [];
  if (gitRepository.repositoryRef.commit === undefined) {
    const detail = `Configuration ${name} follows a moving ref: once written, every push reaches the cluster by itself, in no stages. Give a commit to pin it.`;
    warnings.push({ code: 'NotPinned', detail });
  }
  if (name.length > CONFIGURATION_NAME_LENGTH_ADVISED || name.includes('.')) {
    const detail = `The portal, Terraform and the built-in policies take names of at most ${CONFIGURATION_NAME_LENGTH_ADVISED} characters without periods; ${name} is not one.`;
    warnings.push({ code: 'NameNotPortable', detail });
  }
  for (const kustomization of Object.keys(kustomizations)) {
    const inCluster = `${name}-${kustomization}`;
    if (inCluster.length <= CONFIGURATION_NAME_LENGTH_MAX) continue;
    const detail = `The Kustomization object ${inCluster} would have more than ${CONFIGURATION_NAME_LENGTH_MAX} characters.`;
    warnings.push({ code: 'ObjectNameTooLong', detail });
  }
  return warnings;
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
