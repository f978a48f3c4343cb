import { SourceControlConfigurationClient } from '@azure/arm-kubernetesconfiguration';
import type { TokenCredential } from '@azure/core-auth';
import {
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  redirectPolicyName,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { ArmFault, ArmJson } from '../ports/arm.ts';
import type { Clock } from '../ports/clock.ts';
import type { AzureHttp } from './azure-http.ts';
import { AnswerTooLarge } from './bounded-bodies.ts';
import { shorten } from './shorten.ts';
import { tellingCredential, TokenUnavailable } from './telling-credential.ts';
import { readArmError, type ArmErrorText } from './arm-error-body.ts';
import { faultOf } from './arm-faults.ts';

/** What came of one request. `notFound` is set for a 404 that ARM or a resource provider gave, and nobody on the way. */
export type ArmReply =
  | {
      readonly ok: true;
      readonly status: number;
      readonly body: ArmJson;
      readonly operationUrl: string | undefined;
      readonly locationUrl: string | undefined;
    }
  | { readonly ok: false; readonly fault: ArmFault; readonly notFound?: ArmErrorText };

/**
 * Sends one request; `url` is a path with api-version, or a URL of the ARM host itself. The body of an answered DELETE is `{}`,
 * whatever came: forced deletions answer with a serialised .NET object (recorded traffic).
 */
export type Send = (
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  body?: ArmJson,
) => Promise<ArmReply>;

export interface SendOptions {
  readonly http: AzureHttp;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
}

const jsonObject = z.record(z.string(), z.unknown());

/**
 * One request through the SDK's own pipeline (token, user agent, tracing), less what Flotilla must not have: retries,
 * redirects, and the (de)serialisers, which drop unknown fields and invent defaults (law 7).
 */
export function createSend({ http, credential, clock, requestTimeoutMs }: SendOptions): Send {
  // The client takes a subscription for its operations; none of them is used.
  const client = new SourceControlConfigurationClient(tellingCredential(credential), '', {
    endpoint: http.endpoint,
    credentialScopes: http.scope,
    httpClient: http.httpClient,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'flotilla' },
  });
  client.pipeline.removePolicy({ name: redirectPolicyName });
  client.pipeline.removePolicy({ phase: 'Serialize' });
  client.pipeline.removePolicy({ phase: 'Deserialize' });

  return async (method, url, body) => {
    const abortSignal = AbortSignal.timeout(requestTimeoutMs);
    const headers = createHttpHeaders({ accept: 'application/json' });
    if (body !== undefined) headers.set('content-type', 'application/json; charset=utf-8');
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = createPipelineRequest({
      url: new URL(url, http.endpoint).href,
      method,
      headers,
      abortSignal,
      ...text,
    });
    try {
      return readReply(await client.sendRequest(request), http.host, clock.now());
    } catch (error) {
      return { ok: false, fault: faultWithoutAnswer(error, abortSignal, requestTimeoutMs) };
    }
  };
}

function readReply(response: PipelineResponse, host: string, nowMs: number): ArmReply {
  const { status, headers, request } = response;
  const text = response.bodyAsText ?? '';
  const isSuccess = status >= 200 && status < 300;
  const mayBeEmpty = request.method !== 'GET' || status === 202;
  const body = isSuccess && request.method === 'DELETE' ? {} : parseObject(text, mayBeEmpty);
  if (isSuccess) {
    if (body === undefined) return { ok: false, fault: unreadable(response) };
    const operationUrl = ownUrl(headers.get('azure-asyncoperation'), host);
    return { ok: true, status, body, operationUrl, locationUrl: ownUrl(headers.get('location'), host) };
  }
  const error = readArmError(body);
  if (status === 404 && error === undefined) return { ok: false, fault: unreadable(response) };
  const fault = faultOf(status, error ?? { ...describe(response), target: undefined }, headers, nowMs);
  return { ok: false, fault, ...(status === 404 && error !== undefined ? { notFound: error } : {}) };
}

/** What was accepted (202), or a write without an answer (204), may have no body; that is an empty object. */
function parseObject(text: string, mayBeEmpty: boolean): ArmJson | undefined {
  if (mayBeEmpty && text === '') return {};
  try {
    return jsonObject.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Not ARM's own answer: a gateway, a proxy, a half body. For a write the outcome is unknown. */
function unreadable(response: PipelineResponse): ArmFault {
  const { message } = describe(response);
  return { kind: 'unavailable', code: 'UnreadableAnswer', detail: message };
}

function describe({ status, headers }: PipelineResponse): { code: string; message: string } {
  const contentType = headers.get('content-type') ?? 'no content type';
  return { code: `Http${status}`, message: shorten(`ARM answered ${status} without a JSON error (${contentType}).`) };
}

/** Only URLs of the ARM host are kept: our token must never travel elsewhere, and nobody may make us ask elsewhere. */
export function ownUrl(text: string | undefined, host: string): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  return url?.protocol === 'https:' && url.host === host && url.username === '' && url.password === ''
    ? text
    : undefined;
}

function faultWithoutAnswer(error: unknown, abortSignal: AbortSignal, requestTimeoutMs: number): ArmFault {
  if (abortSignal.aborted) {
    return { kind: 'timedOut', detail: `No answer within ${requestTimeoutMs} ms.` };
  }
  if (error instanceof TokenUnavailable || error instanceof AnswerTooLarge) {
    return { kind: 'unavailable', code: error.name, detail: shorten(error.message) };
  }
  if (isRestError(error)) {
    return { kind: 'unavailable', code: error.code ?? 'NoConnection', detail: shorten(error.message) };
  }
  throw error;
}
