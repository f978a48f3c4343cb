import type { HttpResponseInit } from '@azure/functions';
import { Refusal, Transient } from '../contracts/errors.ts';
import type { Log } from '../ports/log.ts';
import { AccessRefusal } from './access-refusal.ts';

/** Seconds a client is asked to wait when we do not know better. */
const RETRY_AFTER_SECONDS = 5;
/** What is too much is counted per minute. */
const TOO_MANY_SECONDS = 60;

/** Turns whatever a use case threw into a problem document (RFC 9457). What is not foreseen says nothing about the inside. */
export function toProblem(error: unknown, log: Log, correlationId: string): HttpResponseInit {
  if (error instanceof Refusal) {
    const { status, code, message, problems } = error;
    const errors = problems.length > 0 ? { errors: problems } : {};
    const answer = problem(status, code, message, correlationId, errors);
    if (error instanceof AccessRefusal) return withHeader(answer, 'www-authenticate', error.challenge);
    return status === 429 ? withRetryAfter(answer, TOO_MANY_SECONDS) : answer;
  }
  if (error instanceof Transient) {
    log.warn('request failed in passing', { code: error.code, detail: error.message, correlationId });
    const seconds = Math.ceil((error.retryAfterMs ?? RETRY_AFTER_SECONDS * 1000) / 1000);
    const response = problem(
      503,
      'Unavailable',
      'Something that Flotilla needs is not answering. Try again.',
      correlationId,
    );
    return withRetryAfter(response, seconds);
  }
  log.error('request failed', { correlationId, error });
  const detail = `This is a bug in Flotilla. The log has it under ${correlationId}.`;
  return problem(500, 'InternalError', detail, correlationId);
}

function withRetryAfter(response: HttpResponseInit, seconds: number): HttpResponseInit {
  return withHeader(response, 'retry-after', String(seconds));
}

function withHeader(response: HttpResponseInit, name: string, value: string): HttpResponseInit {
  return { ...response, headers: { ...response.headers, [name]: value } };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Unavailable',
};

function problem(
  status: number,
  code: string,
  detail: string,
  correlationId: string,
  more: Readonly<Record<string, unknown>> = {},
): HttpResponseInit {
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, code, detail, ...more, correlationId };
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-correlation-id': correlationId },
    body: JSON.stringify(body),
  };
}
