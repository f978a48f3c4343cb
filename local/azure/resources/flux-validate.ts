import type { z } from 'zod';
import { validationFailed } from '../http/errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { fluxSpec, SOURCE_BLOCKS, type FluxSpec } from './flux-schema.ts';

/** The first api-version that asks for at least one kustomization (flux.md d, reported by users). */
const KUSTOMIZATION_REQUIRED_SINCE = '2022-07-01';

/**
 * Turns `properties` of a PUT, or of a PATCH merged into the present state, into what the service keeps.
 *
 * @throws ArmError 400 ValidationFailed
 */
export function parseFluxSpec(properties: JsonObject, apiVersion: string): FluxSpec {
  requireSourceBlock(properties);
  const parsed = fluxSpec.safeParse(onlyOwnSource(properties));
  if (!parsed.success) throw validationFailed(firstIssue(parsed.error));
  const spec = parsed.data;
  requireUrl(spec);
  if (Object.keys(spec.kustomizations).length === 0 && apiVersion >= KUSTOMIZATION_REQUIRED_SINCE) {
    throw validationFailed('At least one kustomization is required.');
  }
  return spec;
}

/** Scope and namespace are fixed at creation (flux.md d). @throws ArmError 400 ValidationFailed */
export function requireSameScope(before: FluxSpec, after: FluxSpec): void {
  for (const field of ['scope', 'namespace'] as const) {
    if (before[field] === after[field]) continue;
    throw validationFailed(`The property '${field}' cannot be changed from '${before[field]}' to '${after[field]}'.`);
  }
}

/** The first thing that zod has to say about a body, with its path. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'The body is not valid.' : `properties.${issue.path.join('.')}: ${issue.message}`;
}

function requireSourceBlock(properties: JsonObject): void {
  const kind = properties['sourceKind'];
  const block = Object.entries(SOURCE_BLOCKS).find(([name]) => name === kind)?.[1];
  if (block !== undefined && isJsonObject(properties[block])) return;
  throw validationFailed(
    `Invalid source kind match. Config with specified source kind '${String(kind)}' must contain corresponding body`,
  );
}

/** A change of kind sends `{}` for the blocks that it leaves (flux.md a.7); they are dropped, whatever is in them. */
function onlyOwnSource(properties: JsonObject): JsonObject {
  const foreign = Object.entries(SOURCE_BLOCKS).filter(([kind]) => kind !== properties['sourceKind']);
  return { ...properties, ...Object.fromEntries(foreign.map(([, block]) => [block, null])) };
}

function requireUrl(spec: FluxSpec): void {
  if (spec.gitRepository !== null && !/^((http|https|ssh):\/\/|git@)/.test(spec.gitRepository.url)) {
    throw validationFailed("The url of a git repository begins with 'http://', 'https://', 'ssh://' or 'git@'.");
  }
  const url = spec.bucket?.url ?? spec.azureBlob?.url;
  if (url !== undefined && !/^https?:\/\//.test(url)) {
    throw validationFailed("The url of a bucket or blob container begins with 'http://' or 'https://'.");
  }
}
