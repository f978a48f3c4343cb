import { CLUSTER_PROVIDERS } from '../../contracts/cluster-id.ts';
import type { ProviderRegistration } from '../../ports/arm.ts';

const CONFIGURATION_PROVIDER = 'Microsoft.KubernetesConfiguration';

/** Resource types of each known provider, in lower case. */
const TYPES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...Object.entries(CLUSTER_PROVIDERS).map(([type, namespace]): [string, readonly string[]] => [
    namespace.toLowerCase(),
    [type.toLowerCase()],
  ]),
  [CONFIGURATION_PROVIDER.toLowerCase(), ['extensions', 'fluxconfigurations', 'sourcecontrolconfigurations']],
]);

/** The resource providers of a world's subscriptions: registered everywhere, in every region, unless they are set. */
export class WorldProviders {
  readonly #set = new Map<string, ProviderRegistration>();

  set(subscriptionId: string, namespace: string, registration: ProviderRegistration): void {
    this.#set.set(keyOf(subscriptionId, namespace), registration);
  }

  /** Undefined for a namespace that nobody knows. */
  get(subscriptionId: string, namespace: string): ProviderRegistration | undefined {
    const types = TYPES.get(namespace.toLowerCase());
    if (types === undefined) return undefined;
    const anywhere = Object.fromEntries(types.map((type) => [type, []]));
    return this.#set.get(keyOf(subscriptionId, namespace)) ?? { state: 'Registered', locations: anywhere };
  }

  /** True where configurations and extensions may be created. */
  isRegistered(subscriptionId: string): boolean {
    return this.get(subscriptionId, CONFIGURATION_PROVIDER)?.state === 'Registered';
  }
}

function keyOf(subscriptionId: string, namespace: string): string {
  return `${subscriptionId}/${namespace}`.toLowerCase();
}
