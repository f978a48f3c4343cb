import type { Configuration } from '../../contracts/flux/configuration.ts';
import { SOURCE_BLOCKS, SOURCE_KINDS, type SourceKind } from '../../contracts/flux/source-kinds.ts';
import { isJson, propertiesOf, type Json } from './json.ts';
import { goneFields, mergePatch } from './merge-patch.ts';
import { blockOf, carriesSecretsFor, isCompanion, kindOf, sendableBlock } from './present-source.ts';
import { namesCredentials, sourceUrl } from './source.ts';

/**
 * True when a PUT would take away secrets that the plan does not know: the configuration has the same source and carries
 * secrets, and the plan names no credentials at all. It is then merged with PATCH.
 */
export function keepsSecrets(configuration: Configuration, present: Json): boolean {
  if (namesCredentials(configuration)) return false;
  return carriesSecretsFor(configuration.sourceKind, sourceUrl(configuration), propertiesOf(present));
}

/**
 * The merge patch that turns what is present into what is desired. The source block is sent in full: the service refuses a
 * patch without it. Blocks of other kinds, refs, kustomizations and fields that have to go are `null`; secrets are not
 * touched. `scope`, `namespace` and the waiting cannot be patched (REST specification) and are left out.
 */
export function patchBody(desired: Json, present: Json): Json {
  const [want, have] = [propertiesOf(desired), propertiesOf(present)];
  const kind = kindOf(want);
  if (kind === undefined) throw new RangeError('a desired configuration has no source kind');
  const block = SOURCE_BLOCKS[kind];
  const foreign = SOURCE_KINDS.filter((other) => other !== kind && isJson(have[SOURCE_BLOCKS[other]]));
  const settings = mergeSettings(want, have);
  const kustomizations = mergePatch(kustomizationsOf(have), kustomizationsOf(want));
  return {
    properties: {
      sourceKind: kind,
      suspend: want.suspend,
      [block]: blockPatch(kind, want, have),
      ...Object.fromEntries(foreign.map((other) => [SOURCE_BLOCKS[other], null])),
      ...(Object.keys(kustomizations).length > 0 && { kustomizations }),
      ...(Object.keys(settings).length > 0 && { configurationProtectedSettings: settings }),
    },
  };
}

function blockPatch(kind: SourceKind, want: Json, have: Json): Json {
  const to = sendableBlock(want, kind);
  const from = blockOf(have, kind);
  const keepsCompanions = keepsCredentials(want, have);
  const gone = Object.keys(goneFields(from, blockOf(want, kind))).filter(
    (field) => field !== 'repositoryRef' && !(keepsCompanions && isCompanion(kind, field)),
  );
  const nested = Object.entries({ repositoryRef: {}, ...to }).flatMap(([key, value]): [string, unknown][] => {
    const before = from[key];
    if (!isJson(value)) return [];
    const merged = { ...value, ...(isJson(before) && goneFields(before, { ...value, ...secretsOf(want, kind, key) })) };
    return Object.keys(merged).length === 0 ? [] : [[key, merged]];
  });
  return { ...to, ...Object.fromEntries(nested), ...Object.fromEntries(gone.map((field) => [field, null])) };
}

/** Fields of an inner block that hold secrets: the patch leaves them to `withSecrets`. */
function secretsOf(want: Json, kind: SourceKind, key: string): Json {
  const inner = blockOf(want, kind)[key];
  return isJson(inner) ? inner : {};
}

/** A desired configuration without `configurationProtectedSettings` names no credentials. */
export function keepsCredentials(want: Json, have: Json): boolean {
  const kind = kindOf(want);
  if (kind === undefined || want.configurationProtectedSettings !== undefined) return false;
  return carriesSecretsFor(kind, blockOf(want, kind).url, have);
}

function mergeSettings(want: Json, have: Json): Json {
  const { configurationProtectedSettings: wanted } = want;
  const { configurationProtectedSettings: there } = have;
  return isJson(wanted) && isJson(there) ? goneFields(there, wanted) : {};
}

/** Kustomizations of raw properties without their read-only name. */
export function kustomizationsOf({ kustomizations }: Json): Readonly<Record<string, Json>> {
  const all = Object.entries(isJson(kustomizations) ? kustomizations : {});
  return Object.fromEntries(
    all.flatMap(([key, value]): [string, Json][] => {
      if (!isJson(value)) return [];
      const { name: _readOnly, ...rest } = value;
      return [[key, rest]];
    }),
  );
}
