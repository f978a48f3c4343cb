import type { Deps } from '../../../src/app/deps.ts';
import { child } from '../../../src/adapters/memory/azure-cluster.ts';
import type { Arm, ArmJson, ArmResult } from '../../../src/ports/arm.ts';

/** Whatever is reported passes for a fresh report on the desired commit. */
export function acceptStale(deps: Deps): Deps {
  const { arm } = deps;
  const getConfiguration: Arm['getConfiguration'] = async (clusterId, name) => {
    const answer = await arm.getConfiguration(clusterId, name);
    return answer.ok && answer.value !== undefined
      ? { ok: true, value: refreshed(answer.value, deps.clock.now()) }
      : answer;
  };
  return { ...deps, arm: { ...arm, getConfiguration } };
}

function refreshed(resource: ArmJson, now: number): ArmJson {
  const properties = child(resource, 'properties');
  if (properties['complianceState'] !== 'Compliant') return resource;
  const { branch, commit } = child(child(properties, 'gitRepository'), 'repositoryRef') as {
    branch?: string;
    commit?: string;
  };
  const sourceSyncedCommitId = `${branch ?? 'main'}/${commit ?? ''}`;
  return {
    ...resource,
    properties: { ...properties, sourceSyncedCommitId, statusUpdatedAt: new Date(now).toISOString() },
  };
}

type Fault = Extract<ArmResult<never>, { ok: false }>['fault'];

/** Faults of writes are taken for something else. */
export function onPutFault(deps: Deps, become: (kind: Fault['kind']) => Fault | undefined): Deps {
  const { arm } = deps;
  const putConfiguration: Arm['putConfiguration'] = async (clusterId, name, body) => {
    const answer = await arm.putConfiguration(clusterId, name, body);
    return answer.ok ? answer : { ok: false, fault: become(answer.fault.kind) ?? answer.fault };
  };
  return { ...deps, arm: { ...arm, putConfiguration } };
}

export function otherCommit(deps: Deps): Deps {
  const { arm } = deps;
  const putConfiguration: Arm['putConfiguration'] = (clusterId, name, body) =>
    arm.putConfiguration(clusterId, name, clusterId.endsWith('1') ? withCommit(body, 'f'.repeat(40)) : body);
  return { ...deps, arm: { ...arm, putConfiguration } };
}

function withCommit(body: ArmJson, commit: string): ArmJson {
  const properties = child(body, 'properties');
  const repository = child(properties, 'gitRepository');
  const repositoryRef = { ...child(repository, 'repositoryRef'), commit };
  return { ...body, properties: { ...properties, gitRepository: { ...repository, repositoryRef } } };
}

export function neighbour(deps: Deps): Deps {
  const { arm } = deps;
  const next = (clusterId: string): string => clusterId.replace(/c\d\d$/, 'c00');
  return {
    ...deps,
    arm: {
      ...arm,
      putConfiguration: (clusterId, name, body) => arm.putConfiguration(next(clusterId), name, body),
    },
  };
}

export function logBodies(deps: Deps): Deps {
  const { arm, log } = deps;
  const getConfiguration: Arm['getConfiguration'] = async (clusterId, name) => {
    const answer = await arm.getConfiguration(clusterId, name);
    log.info('configuration read', { answer });
    return answer;
  };
  return { ...deps, arm: { ...arm, getConfiguration } };
}
