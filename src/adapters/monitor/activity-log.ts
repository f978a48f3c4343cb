import { MonitorClient, type EventData } from '@azure/arm-monitor';
import type { TokenCredential } from '@azure/core-auth';
import { isRestError, redirectPolicyName, type PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { ARM_REQUEST_SECONDS } from '../../contracts/timing.ts';
import type { Activity, ActivityLog } from '../../ports/activity-log.ts';
import type { ArmFault, ArmResult } from '../../ports/arm.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { readArmError } from '../arm-error-body.ts';
import { faultOf } from '../arm-faults.ts';
import { azureHttp, type AzureHttp } from '../azure-http.ts';
import { AnswerTooLarge } from '../bounded-bodies.ts';
import { ForeignHost, onlyTo } from '../only-to.ts';
import { shorten } from '../shorten.ts';
import { tellingCredential, TokenUnavailable } from '../telling-credential.ts';

export interface ActivityLogOptions {
  /** As for ARM: `https://management.azure.com`, a sovereign cloud's, or `http://` on a loopback address. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** Dates in Retry-After headers are read against it. */
  readonly clock: Clock;
  /** Real milliseconds after which the pages of one read are given up, the token included. */
  readonly requestTimeoutMs?: number;
  /** Absent where nobody measures. */
  readonly telemetry?: Telemetry | undefined;
}

/** Pages of one read. Ours: a resource that is written to every minute fills about three a day. */
const PAGES_MAX = 10;
/** The whole entry carries the claims of the caller's token, which nobody here needs. */
const SELECT = 'eventTimestamp,caller,operationName,status';

/** What is asked of a page beyond what the SDK asks: it takes a body without `value` for an empty one. */
const list = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

/** The log of Azure Monitor over HTTPS, by the published SDK less its retries and redirects: who asks knows the budget. One per process. */
export function createActivityLog(options: ActivityLogOptions): ActivityLog {
  const { endpoint, credential, clock, requestTimeoutMs = ARM_REQUEST_SECONDS * 1000, telemetry } = options;
  const http = azureHttp(endpoint, telemetry);
  return {
    read: async (resourceId, sinceMs, untilMs) => {
      const client = clientFor(subscriptionIn(resourceId), http, credential);
      const filter = filterFor(resourceId, sinceMs, untilMs);
      const abortSignal = AbortSignal.timeout(requestTimeoutMs);
      // The SDK fails in its own ways on bodies that are no JSON, so its errors are judged by the answer behind them.
      let seen: PipelineResponse | undefined;
      const onResponse = (response: PipelineResponse): void => {
        seen = response;
      };
      try {
        const pages = client.activityLogs.list(filter, { select: SELECT, abortSignal, onResponse }).byPage();
        return await gather(pages, () => seen);
      } catch (error) {
        const detail = `No answer within ${requestTimeoutMs} ms.`;
        return {
          ok: false,
          fault: abortSignal.aborted ? { kind: 'timedOut', detail } : faultFrom(error, seen, clock.now()),
        };
      }
    },
  };
}

/** A client belongs to a subscription; it keeps nothing between reads but the token. */
function clientFor(subscriptionId: string, http: AzureHttp, credential: TokenCredential): MonitorClient {
  const client = new MonitorClient(tellingCredential(credential), subscriptionId, {
    endpoint: http.endpoint,
    credentialScopes: http.scope,
    httpClient: onlyTo(http.host, http.httpClient),
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'flotilla' },
  });
  client.pipeline.removePolicy({ name: redirectPolicyName });
  return client;
}

function subscriptionIn(resourceId: string): string {
  return /^\/subscriptions\/([^/]+)\//i.exec(resourceId)?.[1] ?? '';
}

/** One of the few patterns that the service takes (REST reference, Activity Logs - List). */
function filterFor(resourceId: string, sinceMs: number, untilMs: number): string {
  const since = new Date(sinceMs).toISOString();
  const until = new Date(untilMs).toISOString();
  const uri = resourceId.replaceAll("'", "''");
  return `eventTimestamp ge '${since}' and eventTimestamp le '${until}' and resourceUri eq '${uri}'`;
}

async function gather(
  pages: AsyncIterable<readonly EventData[]>,
  answer: () => PipelineResponse | undefined,
): Promise<ArmResult<readonly Activity[]>> {
  const found: Activity[] = [];
  let count = 0;
  for await (const page of pages) {
    const body = list.safeParse(parse(answer()?.bodyAsText));
    if (!body.success) return unavailable('UnreadableAnswer', NO_LIST);
    found.push(...page.flatMap((event) => toActivity(event) ?? []));
    count += 1;
    if (count === PAGES_MAX && body.data.nextLink) {
      return unavailable('TooManyPages', `The activity log of one resource has more than ${PAGES_MAX} pages.`);
    }
  }
  return { ok: true, value: found.sort((left, right) => right.at - left.at) };
}

const NO_LIST = 'The activity log answered something that is no list of events.';

/** Events of the platform itself have no caller, and say nothing about who did something. */
function toActivity({ caller, eventTimestamp, operationName, status }: EventData): Activity | undefined {
  const at = eventTimestamp?.getTime();
  if (at === undefined || Number.isNaN(at) || !caller || !operationName?.value) return undefined;
  return { at, caller, operation: operationName.value, status: status?.value ?? '' };
}

function faultFrom(error: unknown, seen: PipelineResponse | undefined, nowMs: number): ArmFault {
  if (error instanceof ForeignHost || error instanceof TokenUnavailable || error instanceof AnswerTooLarge) {
    return { kind: 'unavailable', code: error.name, detail: shorten(error.message) };
  }
  if (seen !== undefined && seen.status !== 200) {
    const told = readArmError(parse(seen.bodyAsText));
    const message = `The activity log answered ${seen.status} without a JSON error.`;
    return faultOf(
      seen.status,
      told ?? { code: `Http${seen.status}`, message, target: undefined },
      seen.headers,
      nowMs,
    );
  }
  if (!isRestError(error)) throw error;
  const code = seen === undefined ? (error.code ?? 'NoConnection') : 'UnreadableAnswer';
  return { kind: 'unavailable', code, detail: seen === undefined ? shorten(error.message) : NO_LIST };
}

function unavailable(code: string, detail: string): { readonly ok: false; readonly fault: ArmFault } {
  return { ok: false, fault: { kind: 'unavailable', code, detail } };
}

function parse(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
