import type { TokenCredential } from '@azure/core-auth';
import { ARM_REQUEST_SECONDS } from '../../contracts/timing.ts';
import type { Arm, ArmFound } from '../../ports/arm.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { azureHttp } from '../azure-http.ts';
import {
  EXTENSIONS_VERSION,
  FLUX_API_VERSIONS,
  FLUX_V1_VERSION,
  newestVersion,
  versionForBody,
  type FluxApiVersions,
} from './api-versions.ts';
import { createClusterCalls, type ChildAddress } from './cluster-calls.ts';
import { readProvider } from './provider.ts';
import { createSend } from '../arm-send.ts';

export interface ArmOptions {
  /** `https://management.azure.com`, that of a sovereign cloud, or `http://` on a loopback address (local cloud). */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** Dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /** Where a cloud lags behind. */
  readonly fluxApiVersions?: FluxApiVersions;
  /**
   * Real milliseconds after which a request is given up, its token included. A local cloud that runs faster passes
   * `ARM_REQUEST_SECONDS` divided by its speed, since leases count on the deadline in the clock's time (law 8).
   */
  readonly requestTimeoutMs?: number;
  /** Absent where nobody measures. */
  readonly telemetry?: Telemetry | undefined;
}

/** Azure Resource Manager over HTTPS. One per process: it keeps connections and the token. */
export function createArm(options: ArmOptions): Arm {
  const { endpoint, credential, clock, requestTimeoutMs = ARM_REQUEST_SECONDS * 1000, telemetry } = options;
  const { fluxApiVersions = FLUX_API_VERSIONS } = options;
  const http = azureHttp(endpoint, telemetry);
  const send = createSend({ http, credential, clock, requestTimeoutMs });
  const calls = createClusterCalls(send, http.host);
  const newest = newestVersion(fluxApiVersions);
  const configurations = (clusterId: string, apiVersion = newest): ChildAddress => {
    return { clusterId, kind: 'fluxConfigurations', apiVersion };
  };
  return {
    getConfiguration: (clusterId, name) => calls.get(configurations(clusterId), name),
    listConfigurations: (clusterId) => calls.list(configurations(clusterId)),
    putConfiguration: (clusterId, name, body) =>
      calls.write(configurations(clusterId, versionForBody(fluxApiVersions, body)), 'PUT', name, body),
    patchConfiguration: (clusterId, name, body) =>
      calls.write(configurations(clusterId, versionForBody(fluxApiVersions, body)), 'PATCH', name, body),
    deleteConfiguration: (clusterId, name, force) => calls.remove(configurations(clusterId), name, force),
    findFluxExtension: async (clusterId) => {
      const all = await calls.list(extensions(clusterId));
      return all.ok ? { ok: true, value: all.value.find(isFlux) } : all;
    },
    putExtension: (clusterId, name, body) => calls.write(extensions(clusterId), 'PUT', name, body),
    patchExtension: (clusterId, name, body) => calls.write(extensions(clusterId), 'PATCH', name, body),
    deleteExtension: (clusterId, name, force) => calls.remove(extensions(clusterId), name, force),
    listFluxV1: (clusterId) => calls.list(fluxV1(clusterId)),
    deleteFluxV1: (clusterId, name) => calls.remove(fluxV1(clusterId), name),
    getProvider: (subscriptionId, namespace) => readProvider(send, subscriptionId, namespace),
  };
}

function extensions(clusterId: string): ChildAddress {
  return { clusterId, kind: 'extensions', apiVersion: EXTENSIONS_VERSION };
}

function fluxV1(clusterId: string): ChildAddress {
  return { clusterId, kind: 'sourceControlConfigurations', apiVersion: FLUX_V1_VERSION };
}

function isFlux({ resource }: ArmFound): boolean {
  const { properties } = resource;
  if (typeof properties !== 'object' || properties === null || !('extensionType' in properties)) return false;
  return String(properties.extensionType).toLowerCase() === 'microsoft.flux';
}
