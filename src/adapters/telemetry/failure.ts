import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { SPAN_TEXT_CHARACTERS_MAX } from '../../contracts/limits.ts';
import type { Attributes } from '../../ports/telemetry.ts';

const ERROR_TYPE = 'error.type';
/** The same once more: the exporter of Application Insights drops what OpenTelemetry has a name for, and the text of the status. */
const ERROR_CODE = 'flotilla.error.code';

/** Sets attributes; the type of an error among them marks the span as failed. */
export function note(span: Span, attributes: Attributes): void {
  span.setAttributes(attributes);
  const type = attributes[ERROR_TYPE];
  if (type !== undefined) mark(span, String(type));
}

/** Marks a span as failed. Only what the log would say, without the stack: errors of SDKs carry requests, and requests carry tokens. */
export function fail(span: Span, error: unknown): void {
  mark(span, typeOf(error), error instanceof Error ? error.message.slice(0, SPAN_TEXT_CHARACTERS_MAX) : '');
}

function mark(span: Span, type: string, message?: string): void {
  span.setAttributes({ [ERROR_TYPE]: type, [ERROR_CODE]: type });
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) });
}

/** Few different ones (OpenTelemetry's semantic conventions): the code of ours and of SDKs, or the name. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
