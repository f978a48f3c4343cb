import { randomBytes } from 'node:crypto';

const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A W3C `traceparent` for a new invocation, in the caller's trace when the caller sent a valid one. */
export function childTraceParent(parent: unknown): string {
  const match = typeof parent === 'string' ? TRACE_PARENT.exec(parent) : null;
  const traceId = match?.[1] ?? randomBytes(16).toString('hex');
  return `00-${traceId}-${randomBytes(8).toString('hex')}-${match?.[2] ?? '00'}`;
}
