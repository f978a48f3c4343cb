import { createHash, createHmac } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Cluster } from '../fleet/cluster.ts';
import type { Operation } from '../fleet/operations.ts';
import { ArmError, errorBody, resourceNotFound } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import { clusterOf } from './lookup.ts';

/** Real signed URLs run to several kilobytes; clients must be able to keep them (azure.md 1.2). */
const CERTIFICATE_CHARACTERS = 1200;

/** `GET …/{kind}/{name}/operations/{operationId}` */
export function getOperation(cloud: Cloud, request: ArmRequest): ArmResponse {
  clusterOf(cloud, request);
  const id = param(request, 'operationId');
  const operation = cloud.fleet.operations.find(id);
  if (operation === undefined) throw resourceNotFound('operation', id);
  checkSignature(request, operation);
  const { resourceId, status, error } = operation;
  const body = { id: `${resourceId}/operations/${operation.id}`, name: operation.id, status, properties: {}, error };
  return { status: 200, body: error === null ? body : { ...body, ...errorBody(error) } };
}

/**
 * Headers of an answer that starts an operation. `Location` leads to a host inside Azure that nobody can reach, and there is
 * no Retry-After (flux.md b.4). Extensions spell the query `api-Version`.
 */
export function asyncHeaders(
  request: ArmRequest,
  cluster: Cluster,
  operation: Operation,
  kind: 'fluxConfigurations' | 'extensions',
): Record<string, string> {
  const path = `${operation.resourceId}/operations/${operation.id}`;
  const versionName = kind === 'extensions' ? 'api-Version' : 'api-version';
  const query = `${versionName}=${request.apiVersion}&${signatureQuery(operation)}`;
  return {
    'Azure-AsyncOperation': `${request.origin}${path}?${query}`,
    Location: `https://${cluster.location}.rp.kubernetesconfiguration.azure.com${path}?${query}`,
    'x-ms-async-operation-timeout': request.method === 'DELETE' ? 'PT1H' : 'PT48H',
  };
}

/** A URL without signature works (the operation can be addressed by hand); one whose signature was changed does not. */
function checkSignature(request: ArmRequest, operation: Operation): void {
  const sent = request.query.get('s');
  if (sent === null || sent === signature(operation)) return;
  throw new ArmError(403, {
    code: 'InvalidOperationUrl',
    message: 'The signature of the operation URL is not valid; use the URL exactly as it was given.',
  });
}

function signatureQuery(operation: Operation): string {
  const time = createHash('sha256').update(operation.id).digest().readUInt32BE(0);
  const certificate = operation.id.replaceAll('-', '').repeat(40).slice(0, CERTIFICATE_CHARACTERS);
  const digest = createHash('sha256').update(operation.resourceId).digest('base64url');
  return `t=${time}&c=${certificate}&s=${signature(operation)}&h=${digest}`;
}

function signature(operation: Operation): string {
  return createHmac('sha256', 'flotilla local cloud').update(operation.id).digest('base64url');
}
