import type { Cloud } from '../cloud.ts';
import { resourceNotFound } from '../http/errors.ts';
import { param, type ArmRequest, type ArmResponse } from '../http/exchange.ts';
import type { Scan } from '../policy/book.ts';
import { startScan } from '../policy/scan.ts';
import { subscriptionOf } from './lookup.ts';

const RETRY_AFTER_SECONDS = 30;

/** `POST …/policyStates/latest/triggerEvaluation`: 202 with the place to ask; a scan that runs is joined. */
export function triggerEvaluation(cloud: Cloud, request: ArmRequest): ArmResponse {
  return running(request, startScan(cloud, subscriptionOf(cloud, request).id));
}

/** `GET …/asyncOperationResults/{id}`: 202 while it runs, then 200. */
export function getEvaluation(cloud: Cloud, request: ArmRequest): ArmResponse {
  const { id: subscriptionId } = subscriptionOf(cloud, request);
  const id = param(request, 'id');
  const scan = cloud.policy.scan(id);
  if (scan?.subscriptionId !== subscriptionId) throw resourceNotFound('asyncOperationResults', id);
  return scan.isRunning ? running(request, scan) : { status: 200, body: { status: 'Succeeded' } };
}

function running(request: ArmRequest, { id, subscriptionId }: Scan): ArmResponse {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.PolicyInsights/asyncOperationResults/${id}`;
  const location = `${request.origin}${path}?api-version=${request.apiVersion}`;
  return { status: 202, headers: { Location: location, 'Retry-After': String(RETRY_AFTER_SECONDS) } };
}
