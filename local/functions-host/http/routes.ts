import findMyWay from 'find-my-way';
import { z } from 'zod';
import type { RegisteredFunction } from '../function-app.ts';
import { HostError } from '../host-error.ts';
import { parseBinding } from '../parse-binding.ts';
import { resolveSettings } from '../setting-references.ts';
import type { AuthLevel } from './keys.ts';
import { routePatterns } from './route-template.ts';

const METHODS = ['GET', 'POST', 'DELETE', 'HEAD', 'PATCH', 'PUT', 'OPTIONS', 'TRACE', 'CONNECT'] as const;
const httpTrigger = z.object({
  route: z.string().optional(),
  methods: z.array(z.string().toUpperCase().pipe(z.enum(METHODS))).min(1),
  authLevel: z.enum(['anonymous', 'function', 'admin']),
});
const PARAMETER_CHARACTERS_MAX = 2_048;

export interface HttpRoute {
  readonly fn: RegisteredFunction;
  readonly authLevel: AuthLevel;
  readonly catchAll?: string | undefined;
}

export interface RouteMatch {
  readonly route: HttpRoute;
  readonly params: Record<string, string>;
}

/**
 * Finds the function for a method and path. Like the platform it ignores case and a trailing slash, and has no 405:
 * a known path with a method that no function registered is not found (azure-functions-host issues 10098, 11625).
 */
export class Routes {
  readonly #byHandler = new Map<unknown, HttpRoute>();
  readonly #router = findMyWay({
    caseSensitive: false,
    ignoreTrailingSlash: true,
    maxParamLength: PARAMETER_CHARACTERS_MAX,
  });

  constructor(functions: Iterable<RegisteredFunction>, prefix: string) {
    for (const fn of functions) this.#add(fn, prefix);
  }

  match(method: string, pathname: string): RouteMatch | undefined {
    const known = METHODS.find((each) => each === method);
    const found = known === undefined ? null : this.#router.find(known, pathname);
    const route = found === null ? undefined : this.#byHandler.get(found.handler);
    if (found === null || route === undefined) return undefined;
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(found.params)) {
      if (value !== undefined) params[name === '*' ? (route.catchAll ?? name) : name] = value;
    }
    return { route, params };
  }

  #add(fn: RegisteredFunction, prefix: string): void {
    const { name } = fn.metadata;
    const trigger = parseBinding(httpTrigger, fn);
    const route = resolveSettings(trigger.route ?? name, name);
    const { paths, catchAll } = routePatterns(prefix, route);
    // find-my-way finds a handler; requests are answered elsewhere, so the handler only stands for its route.
    const handler = (): undefined => undefined;
    this.#byHandler.set(handler, { fn, authLevel: trigger.authLevel, catchAll });
    for (const path of paths) {
      for (const method of trigger.methods) {
        try {
          this.#router.on(method, path, handler);
        } catch (error) {
          throw new HostError(
            'ROUTE_TAKEN',
            `Function "${name}": ${method} ${path} cannot be routed, is it registered twice?`,
            error,
          );
        }
      }
    }
  }
}
