import type { ArmAccepted, ArmDeleted, ArmFault, ArmFound, ArmJson, ArmResult } from '../../ports/arm.ts';
import { listAll } from '../arm-list.ts';
import { whatIsMissing, type Missing } from './missing.ts';
import { clusterPaths, type ChildKind, type ClusterPaths } from './paths.ts';
import type { ArmReply, Send } from '../arm-send.ts';

/** What is asked of the children of one kind on one cluster. */
export interface ChildAddress {
  readonly clusterId: string;
  readonly kind: ChildKind;
  readonly apiVersion: string;
}

/** The five calls that every kind of child knows. */
export interface ClusterCalls {
  /** Undefined when the cluster exists without it. */
  get(address: ChildAddress, name: string): Promise<ArmResult<ArmJson | undefined>>;
  list(address: ChildAddress): Promise<ArmResult<readonly ArmFound[]>>;
  /** A 404 that is not the cluster's is refused as it came: a PUT makes its child, and a PATCH needs it. */
  write(address: ChildAddress, method: 'PUT' | 'PATCH', name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>>;
  /** One that is gone counts as deleted. `force` becomes `forceDelete`; without it the query is left out. */
  remove(address: ChildAddress, name: string, force?: boolean): Promise<ArmResult<ArmDeleted>>;
}

/** Calls on the children of clusters; `host` is ARM's own. */
export function createClusterCalls(send: Send, host: string): ClusterCalls {
  return {
    get: (address, name) =>
      onCluster(address, async (paths) => {
        const reply = await send('GET', paths.childUrl(address.kind, name, address.apiVersion));
        if (reply.ok) return { ok: true, value: reply.body };
        const missed = await missing(send, paths, name, reply);
        return missed?.kind === 'child' ? { ok: true, value: undefined } : failed(missed, reply.fault);
      }),
    list: (address) =>
      onCluster(address, async (paths) => {
        const found = await listAll(send, paths.listUrl(address.kind, address.apiVersion), host);
        return found.ok ? found : failed(await missing(send, paths, undefined, found), found.fault);
      }),
    write: (address, method, name, body) =>
      onCluster(address, async (paths) => {
        const reply = await send(method, paths.childUrl(address.kind, name, address.apiVersion), body);
        if (!reply.ok) return failed(await missing(send, paths, name, reply), reply.fault);
        return { ok: true, value: { resource: reply.body, ...operationOf(reply) } };
      }),
    remove: (address, name, force) =>
      onCluster(address, async (paths) => {
        const query = force === undefined ? '' : `&forceDelete=${String(force)}`;
        const reply = await send('DELETE', `${paths.childUrl(address.kind, name, address.apiVersion)}${query}`);
        if (reply.ok) return { ok: true, value: operationOf(reply) };
        const missed = await missing(send, paths, name, reply);
        return missed?.kind === 'child' ? { ok: true, value: {} } : failed(missed, reply.fault);
      }),
  };
}

async function onCluster<T>(
  { clusterId }: ChildAddress,
  call: (paths: ClusterPaths) => Promise<ArmResult<T>>,
): Promise<ArmResult<T>> {
  const paths = clusterPaths(clusterId);
  if (paths !== undefined) return call(paths);
  const detail = `'${clusterId}' is not the ARM id of a cluster that can carry Flux configurations.`;
  return { ok: false, fault: { kind: 'refused', code: 'InvalidClusterId', detail } };
}

/** Undefined when the reply is no 404. */
async function missing(
  send: Send,
  paths: ClusterPaths,
  child: string | undefined,
  { fault, notFound }: Extract<ArmReply, { ok: false }>,
): Promise<Missing | undefined> {
  return notFound === undefined ? undefined : whatIsMissing(send, paths, child, { fault, notFound });
}

function failed(missed: Missing | undefined, fault: ArmFault): { readonly ok: false; readonly fault: ArmFault } {
  return { ok: false, fault: missed?.kind === 'fault' ? missed.fault : fault };
}

function operationOf({ operationUrl }: Extract<ArmReply, { ok: true }>): ArmDeleted {
  return operationUrl === undefined ? {} : { operationUrl };
}
