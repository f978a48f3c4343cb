import type { Configuration } from '../../contracts/flux/configuration.ts';
import { SOURCE_BLOCKS, SOURCE_KINDS, type SourceKind } from '../../contracts/flux/source-kinds.ts';
import { isJson, propertiesOf, type Json } from './json.ts';
import { fullPatch, goneFields, mergePatch } from './merge-patch.ts';
import { blockOf, carriesSecretsFor, isCompanion, isInlineSecret, kindOf } from './present-source.ts';
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
  // An absent ref is an empty one: its fields are taken away one by one, as the service has them.
  const to = { repositoryRef: {}, ...blockOf(want, kind) };
  const from = blockOf(have, kind);
  const isKept = (field: string): boolean => isCompanion(kind, field) && !(field in to) && keepsCredentials(want, have);
  const touched = Object.fromEntries(Object.entries(from).filter(([field]) => !isKept(field)));
  return withoutSecrets(fullPatch(touched, to), SOURCE_BLOCKS[kind]);
}

/** Wanted secrets stand as empty texts, which must not be written; those to be taken away are null. */
function withoutSecrets(patch: Json, path: string): Json {
  const kept = Object.entries(patch).flatMap(([key, value]): [string, unknown][] => {
    const inner = `${path}.${key}`;
    if (value !== null && isInlineSecret(inner)) return [];
    if (!isJson(value)) return [[key, value]];
    const rest = withoutSecrets(value, inner);
    return Object.keys(rest).length === 0 ? [] : [[key, rest]];
  });
  return Object.fromEntries(kept);
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
