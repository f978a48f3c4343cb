import type { Cloud } from '../cloud.ts';
import type { Fleet, Subscription } from '../fleet/fleet.ts';
import { REGIONS } from '../fleet/regions.ts';
import { ArmError } from '../http/errors.ts';
import { CONFIGURATION_PROVIDER } from '../ids.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import { subscriptionOf } from './lookup.ts';

/** Registration is asynchronous; in Azure it takes up to 10 minutes (flux.md b.5). Local milliseconds. */
const REGISTRATION_MS = 60_000;

const RESOURCE_TYPES: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Kubernetes': ['connectedClusters'],
  'Microsoft.ContainerService': ['managedClusters'],
  'Microsoft.HybridContainerService': ['provisionedClusters'],
  [CONFIGURATION_PROVIDER]: ['extensions', 'fluxConfigurations', 'sourceControlConfigurations'],
};

/** `GET /subscriptions/{id}/providers/{namespace}`; everything is registered until a client unregisters it. */
export function getProvider(cloud: Cloud, request: ArmRequest): ArmResponse {
  return view(cloud, subscriptionOf(cloud, request), namespaceOf(request));
}

/** `POST …/register`: harmless when it is registered already. */
export function registerProvider(cloud: Cloud, request: ArmRequest): ArmResponse {
  const subscription = subscriptionOf(cloud, request);
  const namespace = namespaceOf(request);
  const key = namespace.toLowerCase();
  if (subscription.registrations.get(key) === 'Unregistered') {
    subscription.registrations.set(key, 'Registering');
    cloud.fleet.timeline.after(REGISTRATION_MS, () => {
      if (subscription.registrations.get(key) === 'Registering') subscription.registrations.delete(key);
    });
  }
  return view(cloud, subscription, namespace);
}

/** `POST …/unregister` */
export function unregisterProvider(cloud: Cloud, request: ArmRequest): ArmResponse {
  const subscription = subscriptionOf(cloud, request);
  const namespace = namespaceOf(request);
  subscription.registrations.set(namespace.toLowerCase(), 'Unregistered');
  return view(cloud, subscription, namespace);
}

function view({ fleet }: Cloud, subscription: Subscription, namespace: string): ArmResponse {
  const types = RESOURCE_TYPES[namespace] ?? [];
  const body = {
    id: `/subscriptions/${subscription.id}/providers/${namespace}`,
    namespace,
    registrationState: subscription.registrations.get(namespace.toLowerCase()) ?? 'Registered',
    registrationPolicy: 'RegistrationRequired',
    resourceTypes: types.map((resourceType) => ({
      resourceType,
      locations: locationsOf(fleet, namespace),
      apiVersions: [],
      capabilities: 'None',
    })),
  };
  return { status: 200, body };
}

/** Regions by the names for people, as ARM lists them here; resources carry the short form. */
function locationsOf({ regionsWithoutFlux }: Fleet, namespace: string): string[] {
  const isLimited = namespace === CONFIGURATION_PROVIDER;
  return REGIONS.filter(({ name }) => !isLimited || !regionsWithoutFlux.has(name)).map(
    ({ displayName }) => displayName,
  );
}

function namespaceOf(request: ArmRequest): string {
  const asked = param(request, 'namespace');
  const known = Object.keys(RESOURCE_TYPES).find((name) => name.toLowerCase() === asked.toLowerCase());
  if (known !== undefined) return known;
  const message = `The resource namespace '${asked}' is invalid.`;
  throw new ArmError(404, { code: 'InvalidResourceNamespace', message });
}
