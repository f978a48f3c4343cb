import { z } from 'zod';
import type { RegisteredFunction } from './function-app.ts';
import { HostError } from './host-error.ts';

/** The options of a function's trigger, checked; the error names the function and the option. */
export function parseBinding<T>(schema: z.ZodType<T>, fn: RegisteredFunction): T {
  const parsed = schema.safeParse(fn.trigger.options);
  if (parsed.success) return parsed.data;
  const { name } = fn.metadata;
  throw new HostError(
    'BAD_BINDING',
    `Function "${name}", ${fn.trigger.type}: ${z.prettifyError(parsed.error)}`,
    parsed.error,
  );
}
