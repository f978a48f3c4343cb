import type { HttpResponseInit } from '@azure/functions';
import { listClusters } from '../app/read/list-clusters.ts';
import { json, type Call } from './route.ts';

export async function getClusters(call: Call): Promise<HttpResponseInit> {
  const query = call.query('subscription', 'type', 'location', 'name', 'tag', 'limit', 'continuation');
  return json(await listClusters(call.deps, query));
}
