import { logged } from '../activity/logged.ts';
import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import type { Principal } from '../http/auth.ts';
import type { ArmRequest, ArmResponse } from '../http/exchange.ts';
import { CONFIGURATION_PROVIDER } from '../ids.ts';
import { deleteExtension, patchExtension, putExtension } from '../resources/extensions.ts';
import { deleteConfiguration, patchConfiguration, putConfiguration } from '../resources/flux-configurations.ts';

const HANDLERS = {
  fluxConfigurations: {
    PUT: logged('fluxConfigurations', putConfiguration),
    PATCH: logged('fluxConfigurations', patchConfiguration),
    DELETE: logged('fluxConfigurations', deleteConfiguration),
  },
  extensions: {
    PUT: logged('extensions', putExtension),
    PATCH: logged('extensions', patchExtension),
    DELETE: logged('extensions', deleteExtension),
  },
} as const;

/** A write that does not come from a client of the simulator. */
export interface Act {
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  readonly kind: keyof typeof HANDLERS;
  readonly name: string;
  readonly body?: unknown;
  readonly apiVersion: string;
  readonly principal: Principal;
}

/**
 * Writes to a cluster as somebody else than a client does: the same handlers as for requests, without a connection, throttling or an
 * entry in the journal.
 *
 * @throws ArmError as the request would be refused
 */
export function act(
  cloud: Cloud,
  cluster: Cluster,
  { method, kind, name, body, apiVersion, principal }: Act,
): ArmResponse {
  const path = `${cluster.id}/providers/${CONFIGURATION_PROVIDER}/${kind}/${name}`;
  const request: ArmRequest = {
    method,
    path,
    query: new URLSearchParams({ 'api-version': apiVersion }),
    params: {
      subscriptionId: cluster.subscriptionId,
      resourceGroup: cluster.resourceGroup,
      clusterRp: cluster.type.provider,
      clusterResourceName: cluster.type.segment,
      clusterName: cluster.name,
      name,
    },
    body,
    principal,
    apiVersion,
    origin: 'https://management.azure.com',
  };
  return HANDLERS[kind][method](cloud, request);
}
