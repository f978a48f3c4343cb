import { ARM_REQUEST_SECONDS } from '../../contracts/timing.ts';
import type { Probe } from '../../ports/probe.ts';
import { azureHttp } from '../azure-http.ts';
import type { GraphOptions } from './graph.ts';
import { createReadPages } from './pages.ts';
import { subscriptionScopes } from './scopes.ts';

/** One row of anything: whoever gets it has a token for Resource Manager, reaches it, and may read there. */
const QUERY = `resources
| project id
| order by id asc
| take 1`;

/** Asks Resource Graph, which is behind Azure Resource Manager, for one resource of the fleet. One query of its quota. */
export function createGraphProbe(options: GraphOptions, subscriptions: readonly string[]): Probe {
  const { endpoint, credential, clock, requestTimeoutMs = ARM_REQUEST_SECONDS * 1000, speed = 1, telemetry } = options;
  const read = createReadPages({ http: azureHttp(endpoint, telemetry), credential, clock, requestTimeoutMs, speed });
  return {
    name: 'azure resource manager',
    check: async () => {
      const [scope = []] = subscriptionScopes(subscriptions);
      for await (const rows of read(QUERY, scope)) if (rows.length > 0) return 'answers, and shows the fleet';
      return 'answers, but shows nothing in the subscriptions of the fleet: may the identity read them?';
    },
  };
}
