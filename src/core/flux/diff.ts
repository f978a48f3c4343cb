import type { Json } from './desired.ts';

/** One field in which a configuration on a cluster is not as desired; an absent side is undefined. */
export interface FieldDifference {
  /** Path inside `properties`, such as `kustomizations.apps.prune`. */
  readonly path: string;
  readonly desired: unknown;
  readonly actual: unknown;
}

/** What a PUT of ours sets; everything else in the resource is the service's own. */
const MANAGED = [
  'scope',
  'namespace',
  'sourceKind',
  'suspend',
  'gitRepository',
  'bucket',
  'azureBlob',
  'ociRepository',
  'kustomizations',
];

/** Values the service fills in when they are absent (fluxConfigurations REST specification), by the end of the path. */
const DEFAULTS: readonly (readonly [RegExp, unknown])[] = [
  [/^scope$/, 'cluster'],
  [/^namespace$/, 'default'],
  [/^suspend$/, false],
  [/\.(timeoutInSeconds|syncIntervalInSeconds)$/, 600],
  [/^kustomizations\..+\.(prune|force)$/, false],
  [/^kustomizations\..+\.wait$/, true],
];

/**
 * Compares a desired resource with the raw one on the cluster by meaning: defaults that the service fills in, nulls, empty
 * values, key order and `./` before a path make no difference. Works on raw JSON (law 7). Secrets are write-only and
 * cannot be compared.
 */
export function diffConfiguration(desired: Json, actual: Json | undefined): FieldDifference[] {
  const want = meaningfulFields(desired);
  const have = meaningfulFields(actual ?? {});
  const paths = [...new Set([...want.keys(), ...have.keys()])].sort();
  return paths
    .map((path) => ({ path, desired: want.get(path), actual: have.get(path) }))
    .filter((field) => JSON.stringify(field.desired) !== JSON.stringify(field.actual));
}

function meaningfulFields(resource: Json): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  const { properties } = resource;
  if (!isObject(properties)) return fields;
  for (const key of MANAGED) {
    if (key === 'kustomizations') collectKustomizations(properties[key], fields);
    else collect(key, properties[key], fields);
  }
  return fields;
}

/** By name, which may hold dots. `name` inside one is read-only; one with nothing but defaults is still there. */
function collectKustomizations(all: unknown, fields: Map<string, unknown>): void {
  for (const [name, kustomization] of Object.entries(isObject(all) ? all : {})) {
    if (!isObject(kustomization)) continue;
    fields.set(`kustomizations.${name}{}`, true);
    for (const [key, value] of Object.entries(kustomization)) {
      if (key !== 'name') collect(`kustomizations.${name}.${key}`, value, fields);
    }
  }
}

function collect(path: string, value: unknown, fields: Map<string, unknown>): void {
  if (value === null || value === undefined || value === '') return;
  if (Array.isArray(value)) {
    if (value.length > 0) fields.set(path, value);
    return;
  }
  if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) collect(`${path}.${key}`, inner, fields);
    return;
  }
  const meaning = path.endsWith('.path') && typeof value === 'string' ? plainPath(value) : value;
  const isDefault = DEFAULTS.some(([pattern, byDefault]) => pattern.test(path) && byDefault === meaning);
  if (meaning !== '' && !isDefault) fields.set(path, meaning);
}

/** `./apps/` and `apps` are the same folder to Flux. */
function plainPath(path: string): string {
  return path
    .replace(/^(\.?\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
