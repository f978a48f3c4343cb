import { Transient } from '../../../src/contracts/errors.ts';
import type { Graph } from '../../../src/ports/graph.ts';
import type { Invocation } from '../kernel/invocation.ts';
import { callPages, type CallSite } from '../kernel/port.ts';

/** Resource Graph with faults: each page is one awaited query. */
export function simGraph(site: CallSite, invocation: Invocation, inner: Graph): Graph {
  const faults = {
    before: 'graphFails',
    error: () => new Transient('GraphUnavailable', 'Resource Graph did not answer.', 2000),
  } as const;
  const paged = <T>(name: string, pages: AsyncIterable<T>): AsyncGenerator<T> =>
    callPages(site, invocation, name, faults, pages);
  return {
    clusters: (subscriptions) => paged('graph.clusters', inner.clusters(subscriptions)),
    configurations: (query) => paged('graph.configurations', inner.configurations(query)),
    allConfigurations: (subscriptions) => paged('graph.allConfigurations', inner.allConfigurations(subscriptions)),
    connectivity: (ids) => paged('graph.connectivity', inner.connectivity(ids)),
    extensions: (ids, options) => paged('graph.extensions', inner.extensions(ids, options)),
  };
}
