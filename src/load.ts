import type { FunctionHandler, HttpHandler, ServiceBusQueueHandler } from '@azure/functions';
import type * as Everything from './application.ts';

/** What functions call, as `application.ts` names it. */
export type Application = typeof Everything;

/**
 * An HTTP handler for which the application is loaded by the first call: to register functions, a process needs their names
 * and bindings only. The build keeps `application.ts` in a file of its own, which is read then. `pick` runs at each call.
 */
export function http(pick: (application: Application) => HttpHandler): HttpHandler {
  return async (request, context) => pick(await load())(request, context);
}

/** The same for a queue. */
export function queue(pick: (application: Application) => ServiceBusQueueHandler): ServiceBusQueueHandler {
  return async (message: unknown, context) => pick(await load())(message, context);
}

/** The same for a timer. */
export function timer(run: (application: Application) => Promise<void>): () => Promise<void> {
  return async () => run(await load());
}

/** Any handler, within a span of its own. */
export function observed(handler: FunctionHandler): FunctionHandler {
  return async (input: unknown, context) => {
    const { app, observe } = await load();
    return observe(app, handler, input, context);
  };
}

/** Reads the settings as the application will. Throws one error that names every one that is missing or wrong. */
export async function checkSettings(): Promise<void> {
  const { readConfig } = await import('./config.ts');
  readConfig(process.env);
}

/** Sends what telemetry of this process waits to be sent. */
export async function endTelemetry(): Promise<void> {
  await (await load()).endTelemetry();
}

function load(): Promise<Application> {
  return import('./application.ts');
}
