import type { TokenCredential } from '@azure/core-auth';
import { Transient } from '../../contracts/errors.ts';
import { ARM_REQUEST_SECONDS } from '../../contracts/timing.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Graph } from '../../ports/graph.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { azureHttp } from '../azure-http.ts';
import { toCluster, wholeClusters } from './cluster-rows.ts';
import { createReadPages, type ReadPages } from './pages.ts';
import {
  allConfigurationsQuery,
  clustersQuery,
  configurationsQuery,
  connectivityQuery,
  extensionsQuery,
} from './queries.ts';
import { toConfigurationStatus, toConnectivity, toExtension, toFoundConfiguration } from './rows.ts';
import { clusterScopes, subscriptionScopes } from './scopes.ts';

export interface GraphOptions {
  /** As for ARM: `https://management.azure.com`, a sovereign cloud's, or `http://` on a loopback address. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** Dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /** Real milliseconds after which a request is given up. */
  readonly requestTimeoutMs?: number;
  /** How many times faster than real time Resource Graph runs: 1, the default, but for a local cloud. */
  readonly speed?: number;
  /** Absent where nobody measures. */
  readonly telemetry?: Telemetry | undefined;
}

/**
 * Azure Resource Graph. One per process. Large questions are split into several queries; no page is empty. What the service
 * refuses for good (a query it does not understand) is a bug and no `Transient`.
 */
export function createGraph(options: GraphOptions): Graph {
  const { endpoint, credential, clock, requestTimeoutMs = ARM_REQUEST_SECONDS * 1000, speed = 1, telemetry } = options;
  const read = createReadPages({ http: azureHttp(endpoint, telemetry), credential, clock, requestTimeoutMs, speed });
  return {
    async *clusters(subscriptions) {
      for (const scope of subscriptionScopes(subscriptions)) {
        yield* wholeClusters(mapPages(read(clustersQuery(), scope), toCluster));
      }
    },
    async *configurations(query) {
      if (query.clusterIds === undefined) {
        for (const scope of subscriptionScopes(query.subscriptions)) {
          yield* mapPages(read(configurationsQuery(query, undefined), scope), toConfigurationStatus);
        }
        return;
      }
      const allowed = new Set(query.subscriptions.map((id) => id.toLowerCase()));
      for (const { subscriptions, clusterKeys } of clusterScopes(query.clusterIds)) {
        const scope = subscriptions.filter((id) => allowed.has(id));
        yield* mapPages(read(configurationsQuery(query, clusterKeys), scope), toConfigurationStatus);
      }
    },
    async *allConfigurations(subscriptions) {
      for (const scope of subscriptionScopes(subscriptions)) {
        yield* mapPages(readWithAuthors(read, scope), toFoundConfiguration);
      }
    },
    async *connectivity(clusterIds) {
      for (const { subscriptions, clusterKeys } of clusterScopes(clusterIds)) {
        yield* mapPages(read(connectivityQuery(clusterKeys), subscriptions), toConnectivity);
      }
    },
    async *extensions(clusterIds, { withProperties = false } = {}) {
      for (const { subscriptions, clusterKeys } of clusterScopes(clusterIds)) {
        yield* mapPages(read(extensionsQuery(clusterKeys, withProperties), subscriptions), toExtension);
      }
    },
  };
}

/** A service without the column `systemData` refuses the query before the first page: then who wrote what stays unknown. */
async function* readWithAuthors(read: ReadPages, scope: readonly string[]): ReturnType<ReadPages> {
  try {
    yield* read(allConfigurationsQuery(true), scope);
  } catch (error) {
    if (error instanceof Transient || !String(error).includes('systemData')) throw error;
    yield* read(allConfigurationsQuery(false), scope);
  }
}

async function* mapPages<T>(
  pages: AsyncGenerator<readonly unknown[]>,
  convert: (row: unknown) => T | undefined,
): AsyncGenerator<readonly T[]> {
  for await (const page of pages) {
    const rows = page.map(convert).filter((row) => row !== undefined);
    if (rows.length > 0) yield rows;
  }
}
