import { z } from 'zod';

/** An error as ARM tells it: the innermost code and message, since the outer ones only say that something failed. */
export interface ArmErrorText {
  readonly code: string;
  readonly message: string;
  readonly target: string | undefined;
}

/** Deepest nesting that is followed. Ours: recorded errors are three deep. */
const DEPTH_MAX = 10;

const text = z.string().min(1).optional().catch(undefined);
const errorLevel = z.object({ code: text, message: text, target: text, details: z.array(z.unknown()).catch([]) });
const envelope = z.object({ error: z.record(z.string(), z.unknown()) });

/**
 * Reads ARM's error body, `{"error": {code, message, target, details: […]}}`, or the same without its envelope, as some
 * resource providers send it; undefined when `body` is neither.
 */
export function readArmError(body: unknown): ArmErrorText | undefined {
  const wrapped = envelope.safeParse(body);
  const level = errorLevel.safeParse(wrapped.success ? wrapped.data.error : body);
  if (!level.success || (level.data.code === undefined && level.data.message === undefined)) return undefined;
  return innermost(level.data, { code: 'Unknown', message: 'no message', target: undefined }, 0);
}

/** A level that lacks a field inherits it from the one around it. */
function innermost(level: z.infer<typeof errorLevel>, outer: ArmErrorText, depth: number): ArmErrorText {
  const own = {
    code: level.code ?? outer.code,
    message: level.message ?? outer.message,
    target: level.target ?? outer.target,
  };
  if (depth >= DEPTH_MAX) return own;
  for (const detail of level.details) {
    const inner = errorLevel.safeParse(detail);
    if (inner.success && (inner.data.code !== undefined || inner.data.message !== undefined)) {
      return innermost(inner.data, own, depth + 1);
    }
  }
  return own;
}
