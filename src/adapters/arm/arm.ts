import type { TokenCredential } from '@azure/core-auth';
import { ARM_REQUEST_SECONDS } from '../../contracts/timing.ts';
import type { Arm, ArmAccepted, ArmFault, ArmJson, ArmResult } from '../../ports/arm.ts';
import type { Clock } from '../../ports/clock.ts';
import { azureHttp, type OnRequest } from '../azure-http.ts';
import { findByType } from './extensions.ts';
import { whatIsMissing, type Missing } from './missing.ts';
import { clusterPaths, type ClusterPaths } from './paths.ts';
import { createSend, type ArmReply, type Send } from './send.ts';

export interface ArmOptions {
  /** `https://management.azure.com`, that of a sovereign cloud, or `http://` on a loopback address (local cloud). */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** Dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /**
   * Real milliseconds after which a request is given up, its token included. A local cloud that runs faster passes
   * `ARM_REQUEST_SECONDS` divided by its speed, since leases count on the deadline in the clock's time (law 8).
   */
  readonly requestTimeoutMs?: number;
  /** Told of every request, for counting. */
  readonly onRequest?: OnRequest;
}

const FLUX_EXTENSION_TYPE = 'microsoft.flux';

/** Azure Resource Manager over HTTPS. One per process: it keeps connections and the token. */
export function createArm(options: ArmOptions): Arm {
  const { endpoint, credential, clock, requestTimeoutMs = ARM_REQUEST_SECONDS * 1000, onRequest } = options;
  const http = azureHttp(endpoint, onRequest);
  const send = createSend({ http, credential, clock, requestTimeoutMs });
  return {
    getConfiguration: (clusterId, name) =>
      onCluster(clusterId, (paths) => getChild(send, paths, name, paths.configurationUrl(name))),
    putConfiguration: (clusterId, name, body) =>
      onCluster(clusterId, (paths) => put(send, paths, name, paths.configurationUrl(name), body)),
    findFluxExtension: (clusterId) =>
      onCluster(clusterId, async (paths) => {
        const found = await findByType(send, paths.extensionsUrl, FLUX_EXTENSION_TYPE, http.host);
        if (found.ok || found.notFound === undefined) return found;
        return failed(await missing(send, paths, undefined, found), found.fault);
      }),
    putExtension: (clusterId, name, body) =>
      onCluster(clusterId, (paths) => put(send, paths, name, paths.extensionUrl(name), body)),
  };
}

async function onCluster<T>(
  clusterId: string,
  call: (paths: ClusterPaths) => Promise<ArmResult<T>>,
): Promise<ArmResult<T>> {
  const paths = clusterPaths(clusterId);
  if (paths !== undefined) return call(paths);
  const detail = `'${clusterId}' is not the ARM id of a cluster that can carry Flux configurations.`;
  return { ok: false, fault: { kind: 'refused', code: 'InvalidClusterId', detail } };
}

async function getChild(
  send: Send,
  paths: ClusterPaths,
  name: string,
  url: string,
): Promise<ArmResult<ArmJson | undefined>> {
  const reply = await send('GET', url);
  if (reply.ok) return { ok: true, value: reply.body };
  const missed = await missing(send, paths, name, reply);
  return missed?.kind === 'child' ? { ok: true, value: undefined } : failed(missed, reply.fault);
}

/** A write on a cluster that exists finds or makes its child, so a 404 that is not the cluster's stays as it came. */
async function put(
  send: Send,
  paths: ClusterPaths,
  name: string,
  url: string,
  body: ArmJson,
): Promise<ArmResult<ArmAccepted>> {
  const reply = await send('PUT', url, body);
  if (!reply.ok) return failed(await missing(send, paths, name, reply), reply.fault);
  const { operationUrl } = reply;
  return { ok: true, value: { resource: reply.body, ...(operationUrl === undefined ? {} : { operationUrl }) } };
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
