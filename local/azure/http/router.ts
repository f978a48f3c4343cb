import findMyWay from 'find-my-way';
import { logged } from '../activity/logged.ts';
import type { Cloud } from '../cloud.ts';
import { graphEndpoint } from '../graph/endpoint.ts';
import { listActivityEvents } from '../resources/activity-events.ts';
import { getCluster, getSubscription, listClusters, listSubscriptions } from '../resources/clusters.ts';
import {
  deleteExtension,
  getExtension,
  listExtensions,
  patchExtension,
  putExtension,
} from '../resources/extensions.ts';
import {
  deleteConfiguration,
  getConfiguration,
  listConfigurations,
  patchConfiguration,
  putConfiguration,
} from '../resources/flux-configurations.ts';
import { FLUX_VERSIONS } from '../resources/flux-versions.ts';
import { getOperation } from '../resources/operations.ts';
import { getProvider, registerProvider, unregisterProvider } from '../resources/providers.ts';
import {
  deleteSourceControl,
  getSourceControl,
  listSourceControl,
} from '../resources/source-control-configurations.ts';
import type { ArmRequest } from './exchange.ts';
import type { ResourceKind } from './faults.ts';
import { addPolicy } from './policy-routes.ts';
import { CLUSTERS, GROUP, type Add, type ApiVersions, type Handle, type Method, type Route } from './route.ts';

/** Finds the route of a request; path parameters keep their casing, the rest of the path has none. */
export type FindRoute = (method: string, path: string) => { route: Route; params: ArmRequest['params'] } | undefined;

/** Stable versions of the other two resource types (azure.md 3.2). */
const EXTENSION_VERSIONS = new Set(['2022-03-01', '2022-07-01', '2022-11-01', '2023-05-01', '2025-03-01']);
const SOURCE_CONTROL_VERSIONS = new Set(['2021-03-01', '2022-03-01', '2022-07-01', '2022-11-01', '2023-05-01']);
/** Of Microsoft.Insights/eventtypes: there is only one. */
const ACTIVITY_VERSIONS = new Set(['2015-04-01']);
const GRAPH_VERSIONS = new Set(['2021-03-01', '2022-10-01', '2024-04-01']);

const CHILD = `${GROUP}${CLUSTERS}/:clusterName/providers/Microsoft.KubernetesConfiguration`;
const PROVIDER = '/subscriptions/:subscriptionId/providers/:namespace';

/** Builds the table of all routes. */
export function buildRouter(cloud: Cloud): FindRoute {
  const router = findMyWay({ caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 300 });
  const routes = new Map<unknown, Route>();
  const add = (method: Method, path: string, type: ResourceKind, handle: Handle, apiVersions?: ApiVersions): void => {
    const marker = (): void => undefined;
    routes.set(marker, { type, handler: (request) => handle(cloud, request), ...(apiVersions && { apiVersions }) });
    router.on(method, path, marker);
  };
  addConfigurations(add);
  addExtensions(add);
  addClusters(add);
  addPolicy(add);
  const events = '/subscriptions/:subscriptionId/providers/Microsoft.Insights/eventtypes/management/values';
  add('GET', events, 'activityLog', listActivityEvents, ACTIVITY_VERSIONS);
  const graph = graphEndpoint(cloud);
  add('POST', '/providers/Microsoft.ResourceGraph/resources', 'graph', (_, request) => graph(request), GRAPH_VERSIONS);
  return (method, path) => {
    const known = METHODS.find((each) => each === method);
    const match = known === undefined ? null : router.find(known, path);
    const route = match === null ? undefined : routes.get(match.handler);
    return match === null || route === undefined ? undefined : { route, params: match.params };
  };
}

const METHODS: readonly Method[] = ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'];

function addConfigurations(add: Add): void {
  const one = `${CHILD}/fluxConfigurations/:name`;
  add('PUT', one, 'fluxConfigurations', logged('fluxConfigurations', putConfiguration), FLUX_VERSIONS);
  add('PATCH', one, 'fluxConfigurations', logged('fluxConfigurations', patchConfiguration), FLUX_VERSIONS);
  add('GET', one, 'fluxConfigurations', getConfiguration, FLUX_VERSIONS);
  add('DELETE', one, 'fluxConfigurations', logged('fluxConfigurations', deleteConfiguration), FLUX_VERSIONS);
  add('GET', `${CHILD}/fluxConfigurations`, 'fluxConfigurations', listConfigurations, FLUX_VERSIONS);
  add('GET', `${one}/operations/:operationId`, 'operations', getOperation, FLUX_VERSIONS);
  const legacy = `${CHILD}/sourceControlConfigurations`;
  const type = 'sourceControlConfigurations';
  add('GET', legacy, type, listSourceControl, SOURCE_CONTROL_VERSIONS);
  add('GET', `${legacy}/:name`, type, getSourceControl, SOURCE_CONTROL_VERSIONS);
  add('DELETE', `${legacy}/:name`, type, deleteSourceControl, SOURCE_CONTROL_VERSIONS);
}

function addExtensions(add: Add): void {
  const one = `${CHILD}/extensions/:name`;
  add('PUT', one, 'extensions', logged('extensions', putExtension), EXTENSION_VERSIONS);
  add('PATCH', one, 'extensions', logged('extensions', patchExtension), EXTENSION_VERSIONS);
  add('GET', one, 'extensions', getExtension, EXTENSION_VERSIONS);
  add('DELETE', one, 'extensions', logged('extensions', deleteExtension), EXTENSION_VERSIONS);
  add('GET', `${CHILD}/extensions`, 'extensions', listExtensions, EXTENSION_VERSIONS);
  add('GET', `${one}/operations/:operationId`, 'operations', getOperation, EXTENSION_VERSIONS);
}

function addClusters(add: Add): void {
  add('GET', '/subscriptions', 'subscriptions', listSubscriptions);
  add('GET', '/subscriptions/:subscriptionId', 'subscriptions', getSubscription);
  add('GET', `${GROUP}${CLUSTERS}/:clusterName`, 'clusters', getCluster);
  add('GET', `${GROUP}${CLUSTERS}`, 'clusters', listClusters);
  add('GET', `/subscriptions/:subscriptionId${CLUSTERS}`, 'clusters', listClusters);
  add('GET', PROVIDER, 'providers', getProvider);
  add('POST', `${PROVIDER}/register`, 'providers', registerProvider);
  add('POST', `${PROVIDER}/unregister`, 'providers', unregisterProvider);
}
