import type { z } from 'zod';
import { validationFailed, type ArmError } from '../http/errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { waitSeconds } from '../fleet/duration.ts';
import { fluxSpec, sourceOf, SOURCE_BLOCKS, type FluxSpec } from './flux-schema.ts';

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
  requireWaitDuration(spec);
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

/**
 * A PATCH that changes kustomizations or names a kind has to bring kind and block of the source, of which `{}` is enough
 * (reported by users, flux.md a.7).
 *
 * @throws ArmError 400 ValidationFailed
 */
export function requireSourceInPatch(patch: JsonObject, before: FluxSpec): void {
  if (patch['kustomizations'] === undefined && patch['sourceKind'] === undefined) return;
  if (patch['sourceKind'] === undefined) throw invalidSourceKindMatch(before.sourceKind);
  requireSourceBlock(patch);
}

function requireSourceBlock(properties: JsonObject): void {
  const kind = properties['sourceKind'];
  const block = Object.entries(SOURCE_BLOCKS).find(([name]) => name === kind)?.[1];
  if (block === undefined || !isJsonObject(properties[block])) throw invalidSourceKindMatch(String(kind));
}

function invalidSourceKindMatch(kind: string): ArmError {
  return validationFailed(
    `Invalid source kind match. Config with specified source kind '${kind}' must contain corresponding body`,
  );
}

function requireWaitDuration({ reconciliationWaitDuration }: FluxSpec): void {
  if (reconciliationWaitDuration === null || reconciliationWaitDuration === undefined) return;
  if (waitSeconds(reconciliationWaitDuration) !== undefined) return;
  throw validationFailed("'reconciliationWaitDuration' is an ISO 8601 duration such as PT30M or P1D.");
}

/** A change of kind sends `{}` for the blocks that it leaves (flux.md a.7); they are dropped, whatever is in them. */
function onlyOwnSource(properties: JsonObject): JsonObject {
  const foreign = Object.entries(SOURCE_BLOCKS).filter(([kind]) => kind !== properties['sourceKind']);
  return { ...properties, ...Object.fromEntries(foreign.map(([, block]) => [block, null])) };
}

/** What a url begins with, by source (flux.md a.2 to a.5). */
const URL_BEGINNINGS = {
  GitRepository: [/^((http|https|ssh):\/\/|git@)/, "'http://', 'https://', 'ssh://' or 'git@'"],
  Bucket: [/^https?:\/\//, "'http://' or 'https://'"],
  AzureBlob: [/^https?:\/\//, "'http://' or 'https://'"],
  OCIRepository: [/^oci:\/\//, "'oci://'"],
} as const;

function requireUrl(spec: FluxSpec): void {
  const [pattern, beginning] = URL_BEGINNINGS[spec.sourceKind];
  if (pattern.test(sourceOf(spec).url)) return;
  throw validationFailed(`The url of a source of kind ${spec.sourceKind} begins with ${beginning}.`);
}
