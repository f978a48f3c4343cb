import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { SPAN_TEXT_CHARACTERS_MAX } from '../../contracts/limits.ts';

/** Marks a span as failed. Only what the log would say, without the stack: errors of SDKs carry requests, and requests carry tokens. */
export function fail(span: Span, error: unknown): void {
  span.setAttribute('error.type', typeOf(error));
  const message = error instanceof Error ? error.message.slice(0, SPAN_TEXT_CHARACTERS_MAX) : '';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Few different ones (semantic conventions, `error.type`): the code of ours and of SDKs, or the name. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
