import type { HttpResponseInit } from '@azure/functions';
import { startSweep } from '../app/compliance/start-sweep.ts';
import { exportHistory, getHistory } from '../app/read/cluster-history.ts';
import { exportCompliance, listCompliance } from '../app/read/compliance-clusters.ts';
import { COMPLIANCE_QUERY } from '../app/read/compliance-filter.ts';
import { getCompliance as getSummary } from '../app/read/compliance-summary.ts';
import { getSweep as readSweep } from '../app/read/compliance-sweeps.ts';
import { exportDrift, listDrift } from '../app/read/list-drift.ts';
import { refuse } from '../app/read/page.ts';
import { addressOf } from './clusters.ts';
import { csv, wantsCsv } from './csv.ts';
import { json, type Call } from './route.ts';

const DRIFT_QUERY = ['kind', 'layer', 'subscription', 'configuration'] as const;

/** `POST /api/compliance/sweeps`: 202 with the sweep. */
export async function postSweep({ deps, actor }: Call): Promise<HttpResponseInit> {
  const { id } = await startSweep(deps, actor);
  return json(await readSweep(deps, id), 202, { location: `/api/compliance/sweeps/${id}` });
}

export async function getSweep(call: Call): Promise<HttpResponseInit> {
  return json(await readSweep(call.deps, call.param('id')));
}

export async function getCompliance(call: Call): Promise<HttpResponseInit> {
  return json(await getSummary(call.deps, call.query(...COMPLIANCE_QUERY, 'trend')));
}

export async function getComplianceClusters(call: Call): Promise<HttpResponseInit> {
  const query = call.query(...COMPLIANCE_QUERY);
  if (wantsCsv(call)) return csv(await exportCompliance(call.deps, whole(call, query)));
  return json(await listCompliance(call.deps, { ...query, ...call.query('limit', 'continuation') }));
}

export async function getDrift(call: Call): Promise<HttpResponseInit> {
  const query = call.query(...DRIFT_QUERY);
  if (wantsCsv(call)) return csv(await exportDrift(call.deps, whole(call, query)));
  return json(await listDrift(call.deps, { ...query, ...call.query('limit', 'continuation') }));
}

export async function getClusterHistory(call: Call): Promise<HttpResponseInit> {
  const query = call.query('since', 'configuration');
  if (wantsCsv(call)) return csv(await exportHistory(call.deps, addressOf(call), whole(call, query)));
  return json(await getHistory(call.deps, addressOf(call), { ...query, ...call.query('limit') }));
}

/** An export is the whole list. A part of it that looks like the whole would be worse than a refusal. */
function whole<T>(call: Call, query: T): T {
  const { limit, continuation } = call.query('limit', 'continuation');
  const field = limit !== undefined ? 'limit' : 'continuation';
  if ((limit ?? continuation) === undefined) return query;
  throw refuse(field, 'has no meaning in CSV, which is the whole list; leave it away');
}
