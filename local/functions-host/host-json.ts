import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { HostError } from './host-error.ts';
import { parseTimeSpan } from './time-span.ts';

const timeSpan = z.string().transform((text, context) => {
  const ms = parseTimeSpan(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: `"${text}" is not a time span (hh:mm:ss).` });
  return z.NEVER;
});
const count = z.int().min(0);

/** Defaults are those of the Service Bus extension (ServiceBusOptions); the prefix and limits those of the HTTP one. */
const schema = z.object({
  version: z.literal('2.0'),
  functionTimeout: z.union([z.literal('-1').transform(() => undefined), timeSpan]).default(30 * 60_000),
  extensions: z
    .object({
      http: z
        .object({ routePrefix: z.string().default('api'), maxOutstandingRequests: z.int().min(-1).default(200) })
        .prefault({}),
      serviceBus: z
        .object({
          prefetchCount: count.default(0),
          autoCompleteMessages: z.boolean().default(true),
          maxAutoLockRenewalDuration: timeSpan.default(5 * 60_000),
          maxConcurrentCalls: count.min(1).default(16 * availableParallelism()),
          maxConcurrentSessions: count.min(1).default(8),
          maxConcurrentCallsPerSession: count.min(1).default(1),
          sessionIdleTimeout: timeSpan.default(60_000),
          clientRetryOptions: z
            .object({
              mode: z.enum(['fixed', 'exponential']).default('exponential'),
              tryTimeout: timeSpan.default(60_000),
              delay: timeSpan.default(800),
              maxDelay: timeSpan.default(60_000),
              maxRetries: count.default(3),
            })
            .prefault({}),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** The parts of host.json this host honours. Time spans are milliseconds; no `functionTimeout` means no limit. */
export type HostJson = z.infer<typeof schema>;
export type ServiceBusSettings = HostJson['extensions']['serviceBus'];

/** Reads and checks host.json; what it leaves out has the platform's defaults. */
export async function readHostJson(file: string): Promise<HostJson> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new HostError('NO_HOST_JSON', `${file} cannot be read. Every function app needs one.`, error);
  });
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new HostError('BAD_HOST_JSON', `${file}: ${why}`, error);
  }
}
