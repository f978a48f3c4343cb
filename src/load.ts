import type { HttpHandler, InvocationContext } from '@azure/functions';
import type * as Everything from './application.ts';

/** What functions call, as `application.ts` names it. */
export type Application = typeof Everything;

/**
 * The handler of a queue or timer, for which the application is loaded by the first call: to register functions, a process
 * needs their names and bindings only. The build keeps `application.ts` in a file of its own, which is read then.
 */
export function later(
  call: (application: Application, input: unknown, context: InvocationContext) => Promise<void>,
): (input: unknown, context: InvocationContext) => Promise<void> {
  return async (input, context) => call(await load(), input, context);
}

/** The same for HTTP, where what is called is a handler too. */
export function http(pick: (application: Application) => HttpHandler): HttpHandler {
  return async (request, context) => pick(await load())(request, context);
}

function load(): Promise<Application> {
  return import('./application.ts');
}
