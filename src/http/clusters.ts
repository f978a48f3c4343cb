import type { HttpResponseInit } from '@azure/functions';
import { listClusters } from '../app/read/list-clusters.ts';
import { getConfiguration, listConfigurations, type ClusterAddress } from '../app/read/read-configurations.ts';
import { json, type Call } from './route.ts';

export async function getClusters(call: Call): Promise<HttpResponseInit> {
  const query = call.query('subscription', 'type', 'location', 'name', 'tag', 'limit', 'continuation');
  return json(await listClusters(call.deps, query));
}

export async function getClusterConfigurations(call: Call): Promise<HttpResponseInit> {
  return json(await listConfigurations(call.deps, addressOf(call)));
}

export async function getClusterConfiguration(call: Call): Promise<HttpResponseInit> {
  const { object: name, ...place } = call.query('kind', 'namespace', 'object');
  const filter = { ...place, ...(name !== undefined && { name }) };
  return json(await getConfiguration(call.deps, addressOf(call), call.param('configuration'), filter));
}

/** The cluster that the path of a call names. */
export function addressOf(call: Call): ClusterAddress {
  return {
    subscriptionId: call.param('subscriptionId'),
    resourceGroup: call.param('resourceGroup'),
    type: call.param('type'),
    name: call.param('name'),
  };
}
