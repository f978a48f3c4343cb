import { HostError } from '../host-error.ts';

/** Route constraints of the platform that this host knows, as patterns of a whole path segment. */
const CONSTRAINTS: Readonly<Record<string, string>> = {
  int: '^-?\\d+$',
  long: '^-?\\d+$',
  bool: '^(?:true|false)$',
  alpha: '^[A-Za-z]+$',
  guid: '^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$',
};
const PARAMETER = /^\{(?<all>\*{0,2})(?<name>[A-Za-z_]\w*)(?::(?<constraint>\w+))?(?<optional>\?)?\}$/;

export interface RoutePatterns {
  /** find-my-way paths, one for each number of optional segments that may be present. */
  readonly paths: readonly string[];
  /** Name of the catch-all parameter, which find-my-way calls `*`. */
  readonly catchAll?: string;
}

/** Translates a route template (`rollouts/{id}/{action?}`, `{id:int}`, `{*rest}`) for find-my-way. */
export function routePatterns(prefix: string, template: string): RoutePatterns {
  const segments = [prefix, template]
    .join('/')
    .split('/')
    .filter((segment) => segment !== '');
  let path = '';
  let catchAll: string | undefined;
  const optionalFrom: string[] = [];
  for (const segment of segments) {
    const parameter = PARAMETER.exec(segment)?.groups;
    const mayEnd = parameter?.['optional'] === '?' || (parameter?.['all'] ?? '') !== '';
    if (catchAll !== undefined || (optionalFrom.length > 0 && !mayEnd))
      throw badTemplate(template, 'only trailing segments may be optional');
    if (mayEnd) optionalFrom.push(path);
    if (parameter?.['all'] !== undefined && parameter['all'] !== '') catchAll = parameter['name'];
    path += `/${parameter === undefined ? literal(segment, template) : parameterPattern(parameter, template)}`;
  }
  const paths = [...optionalFrom, path].map((each) => (each === '' ? '/' : each));
  return catchAll === undefined ? { paths } : { paths, catchAll };
}

function parameterPattern(parameter: Record<string, string | undefined>, template: string): string {
  if (parameter['all'] !== undefined && parameter['all'] !== '') return '*';
  const { name, constraint } = parameter;
  if (constraint === undefined) return `:${name ?? ''}`;
  const pattern = CONSTRAINTS[constraint];
  if (pattern === undefined)
    throw badTemplate(template, `constraint "${constraint}" is none of ${Object.keys(CONSTRAINTS).join(', ')}`);
  return `:${name ?? ''}(${pattern})`;
}

function literal(segment: string, template: string): string {
  if (/[{}*]/.test(segment)) throw badTemplate(template, `a segment is one parameter or plain text, not "${segment}"`);
  return segment.replaceAll(':', '::');
}

function badTemplate(template: string, why: string): HostError {
  return new HostError('BAD_ROUTE', `Route "${template}" is not supported: ${why}.`);
}
