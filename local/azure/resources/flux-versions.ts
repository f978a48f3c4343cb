import { validationFailed } from '../http/errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** What an api-version of fluxConfigurations can say beyond Git, buckets and blobs. */
interface Vocabulary {
  readonly hasOci: boolean;
  /** Lower-case values of `gitRepository.provider`; empty when the version has no such field. */
  readonly providers: readonly string[];
}

const BASE: Vocabulary = { hasOci: false, providers: [] };
const ALL: Vocabulary = { hasOci: true, providers: ['azure', 'generic', 'github'] };

/** Every version that the gateway knows: the stable ones, and the previews with a published specification (azure.md 3.2). */
export const FLUX_VERSIONS: ReadonlyMap<string, Vocabulary> = new Map([
  ['2022-03-01', BASE],
  ['2022-07-01', BASE],
  ['2022-11-01', BASE],
  ['2023-05-01', BASE],
  ['2024-04-01-preview', { hasOci: true, providers: [] }],
  ['2024-11-01', { hasOci: true, providers: ['azure', 'generic'] }],
  ['2025-04-01', ALL],
  ['2026-07-01-preview', ALL],
]);

/**
 * The `properties` of a body as a version reads them: fields that it does not know are ignored.
 *
 * @throws ArmError 400 ValidationFailed for a value that it does not know: the kind OCIRepository, a provider
 */
export function readAs(apiVersion: string, properties: JsonObject): JsonObject {
  const { hasOci, providers } = vocabulary(apiVersion);
  if (!hasOci && properties['sourceKind'] === 'OCIRepository') {
    throw validationFailed(`The source kind 'OCIRepository' is not known in api-version '${apiVersion}'.`);
  }
  const git = properties['gitRepository'];
  const provider = isJsonObject(git) ? git['provider'] : undefined;
  const isKnown = typeof provider !== 'string' || providers.includes(provider.toLowerCase());
  if (providers.length > 0 && !isKnown) {
    throw validationFailed(`This value of gitRepository.provider is not known in api-version '${apiVersion}'.`);
  }
  return shownAs(apiVersion, properties);
}

/** The `properties` of an answer without what a version has no field for. */
export function shownAs(apiVersion: string, properties: JsonObject): JsonObject {
  const { hasOci, providers } = vocabulary(apiVersion);
  const shown = { ...properties };
  if (!hasOci) delete shown['ociRepository'];
  const git = shown['gitRepository'];
  if (providers.length === 0 && isJsonObject(git)) {
    const { provider: _, ...known } = git;
    shown['gitRepository'] = known;
  }
  return shown;
}

function vocabulary(apiVersion: string): Vocabulary {
  const found = FLUX_VERSIONS.get(apiVersion);
  if (found === undefined) throw new Error(`the gateway let an unknown version pass: ${apiVersion}`);
  return found;
}
