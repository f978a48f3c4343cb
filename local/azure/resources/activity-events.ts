import { KEPT_MS, type ActivityEvent } from '../activity/book.ts';
import type { Cloud } from '../cloud.ts';
import { ArmError } from '../http/errors.ts';
import type { ArmRequest, ArmResponse } from '../http/exchange.ts';
import { idKey } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { page, subscriptionOf } from './lookup.ts';

/** Events on one page; Azure names no number. */
const PAGE_SIZE = 200;

/** The patterns that Azure takes (REST reference, Activity Logs - List): "No other syntax is allowed". */
const FILTER =
  /^eventTimestamp ge '([^']+)'(?: and eventTimestamp le '([^']+)')?(?: and (resourceUri|resourceGroupName|resourceProvider|correlationId) eq '((?:[^']|'')*)')?$/i;

interface Window {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly field: string | undefined;
  readonly wanted: string;
}

/** `GET /subscriptions/{id}/providers/Microsoft.Insights/eventtypes/management/values`: newest first. @throws ArmError 400, 404 */
export function listActivityEvents(cloud: Cloud, request: ArmRequest): ArmResponse {
  const { id: subscriptionId } = subscriptionOf(cloud, request);
  const window = parseWindow(request.query.get('$filter') ?? '', cloud.clock.now());
  const found = cloud.activities.query(
    (event) => isIn(event, subscriptionId, window),
    window.field === 'resourceuri' ? window.wanted : undefined,
  );
  const select = selection(request);
  return page(request, found, (event) => select(eventView(cloud, subscriptionId, event)), PAGE_SIZE);
}

function parseWindow(filter: string, nowMs: number): Window {
  const [, since, until, field, wanted = ''] = FILTER.exec(filter.trim()) ?? [];
  const sinceMs = Date.parse(since ?? '');
  const untilMs = until === undefined ? nowMs : Date.parse(until);
  if (Number.isNaN(sinceMs) || Number.isNaN(untilMs)) throw invalid('The filter is not one that is supported.');
  if (sinceMs > untilMs) throw invalid('The start time is after the end time.');
  if (sinceMs < nowMs - KEPT_MS) throw invalid('The start time cannot be more than 90 days in the past.');
  return { sinceMs, untilMs, field: field?.toLowerCase(), wanted: wanted.replaceAll("''", "'") };
}

function isIn(event: ActivityEvent, subscriptionId: string, { sinceMs, untilMs, field, wanted }: Window): boolean {
  if (event.atMs < sinceMs || event.atMs > untilMs) return false;
  const [, , subscription = '', , group = ''] = event.resourceId.split('/');
  if (idKey(subscription) !== idKey(subscriptionId)) return false;
  switch (field) {
    case 'resourcegroupname':
      return idKey(group) === idKey(wanted);
    case 'resourceprovider':
      return idKey(event.operation.split('/')[0] ?? '') === idKey(wanted);
    case 'correlationid':
      return event.operationId === wanted;
    default:
      return true;
  }
}

function eventView({ fleet }: Cloud, subscriptionId: string, event: ActivityEvent): JsonObject {
  const { id, resourceId, operationId, caller, operation, status, httpStatus, atMs, submittedMs } = event;
  const [provider = '', kind = ''] = operation.split('/');
  const group = resourceId.split('/')[4] ?? '';
  return {
    authorization: { action: operation, scope: resourceId },
    caller: caller.id,
    claims: caller.type === 'User' ? { name: caller.id } : { appid: caller.id },
    correlationId: operationId,
    description: '',
    eventDataId: id,
    eventName: localizable(status === 'Started' ? 'BeginRequest' : 'EndRequest'),
    category: localizable('Administrative'),
    id: `${resourceId}/events/${id}/ticks/${atMs}`,
    level: status === 'Failed' ? 'Error' : 'Informational',
    resourceGroupName: group,
    resourceProviderName: localizable(provider),
    resourceId,
    resourceType: localizable(`${provider}/${kind}`),
    operationId,
    operationName: localizable(operation),
    properties: httpStatus === undefined ? {} : { statusCode: String(httpStatus) },
    status: localizable(status),
    subStatus: localizable(httpStatus === undefined ? '' : String(httpStatus)),
    eventTimestamp: new Date(atMs).toISOString(),
    submissionTimestamp: new Date(submittedMs).toISOString(),
    subscriptionId,
    tenantId: fleet.tenantId,
  };
}

function localizable(value: string): JsonObject {
  return { value, localizedValue: value };
}

/** `$select`: only these fields of each event. */
function selection({ query }: ArmRequest): (event: JsonObject) => JsonObject {
  const asked = query.get('$select');
  if (asked === null) return (event) => event;
  const names = new Set(asked.split(',').map((name) => name.trim().toLowerCase()));
  return (event) => Object.fromEntries(Object.entries(event).filter(([name]) => names.has(name.toLowerCase())));
}

function invalid(message: string): ArmError {
  return new ArmError(400, { code: 'BadRequest', message });
}
