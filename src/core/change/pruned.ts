import { isJson, type Json } from '../flux/json.ts';

/** What goes from the cluster when a kustomization with `prune` goes. */
export interface PrunedObjects {
  readonly kustomization: string;
  /** Flux objects that the agent has reported as applied by it; it reports no other kinds. */
  readonly objects: readonly string[];
}

/** The kustomizations of a configuration that prune, with what they are known to have applied. */
export function prunedObjects(properties: Json): PrunedObjects[] {
  const { kustomizations, statuses } = properties;
  if (!isJson(kustomizations)) return [];
  const applied = Array.isArray(statuses) ? statuses.filter(isJson) : [];
  return Object.entries(kustomizations)
    .filter(([, kustomization]) => isJson(kustomization) && kustomization['prune'] === true)
    .map(([name]) => ({ kustomization: name, objects: applied.flatMap((object) => shown(object, name)) }));
}

/** In the cluster a kustomization is called `<configuration>-<kustomization>`. */
function shown(object: Json, kustomization: string): string[] {
  const { appliedBy, kind, namespace, name } = object;
  if (!isJson(appliedBy) || typeof appliedBy['name'] !== 'string') return [];
  return appliedBy['name'].endsWith(`-${kustomization}`)
    ? [`${String(kind)} ${String(namespace)}/${String(name)}`]
    : [];
}
