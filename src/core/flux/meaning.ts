import { parseDurationSeconds } from '../../contracts/duration.ts';
import { decodeBase64 } from '../../contracts/flux/base64.ts';
import { SOURCE_BLOCKS, SOURCE_KINDS } from '../../contracts/flux/source-kinds.ts';
import { isJson, type Json } from './json.ts';
import { blockOf, isInlineSecret, kindOf } from './present-source.ts';

/** Stands for a secret: that it is set, never what it is. */
const SECRET = '(secret)';

/** Values the service fills in when they are absent (fluxConfigurations REST specification), by path. */
const DEFAULTS: readonly (readonly [RegExp, unknown])[] = [
  [/^scope$/, 'cluster'],
  [/^namespace$/, 'default'],
  [/^suspend$/, false],
  [/^\w+\.(timeoutInSeconds|syncIntervalInSeconds)$/, 600],
  [/^bucket\.insecure$/, true],
  [/^azureBlob\.servicePrincipal\.clientCertificateSendChain$/, false],
  [/^ociRepository\.repositoryRef\.tag$/, 'latest'],
  [/^ociRepository\.layerSelector\.operation$/, 'extract'],
  [/^ociRepository\.(insecure|useWorkloadIdentity)$/, false],
];

const KUSTOMIZATION_DEFAULTS: Json = {
  timeoutInSeconds: 600,
  syncIntervalInSeconds: 600,
  prune: false,
  force: false,
  wait: true,
};

/** Texts that mean the same in any case. */
const CASELESS = /^(scope|ociRepository\.layerSelector\.operation)$/;

/** The fields of raw properties that a request sets, by path, in the form in which they can be compared. */
export function meaningfulFields(properties: Json): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const key of ['scope', 'namespace', 'suspend', 'waitForReconciliation']) collect(key, properties[key], fields);
  const { sourceKind, reconciliationWaitDuration: wait } = properties;
  collect('sourceKind', kindOf(properties) ?? sourceKind, fields);
  // Another form than ISO 8601 could not be compared.
  collect('reconciliationWaitDuration', typeof wait === 'string' ? parseDurationSeconds(wait) : undefined, fields);
  for (const kind of SOURCE_KINDS) collect(SOURCE_BLOCKS[kind], blockOf(properties, kind), fields);
  collectKustomizations(properties.kustomizations, fields);
  const { configurationProtectedSettings: settings } = properties;
  for (const [name, value] of Object.entries(isJson(settings) ? settings : {}))
    if (value !== null) fields.set(`configurationProtectedSettings.${name}`, SECRET);
  return fields;
}

function collect(path: string, value: unknown, fields: Map<string, unknown>): void {
  if (isInlineSecret(path)) {
    if (typeof value === 'string') fields.set(path, SECRET);
    return;
  }
  if (isJson(value)) {
    for (const [key, inner] of Object.entries(value)) collect(`${path}.${key}`, inner, fields);
    return;
  }
  const meaning = meaningOf(path, value);
  const isDefault = DEFAULTS.some(([pattern, byDefault]) => byDefault === meaning && pattern.test(path));
  if (!isNothing(meaning) && !isDefault) fields.set(path, meaning);
}

function meaningOf(path: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (CASELESS.test(path)) return value.toLowerCase();
  return /^gitRepository\.(httpsCACert|sshKnownHosts)$/.test(path) ? plainText(value) : value;
}

/** Files differ in line ends and in what is behind the last line. */
function plainText(base64: string): string {
  return (decodeBase64(base64) ?? base64).replace(/\r\n/g, '\n').trim();
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** By name, which may hold dots. `name` inside one is read-only; one with nothing but defaults is still there. */
function collectKustomizations(all: unknown, fields: Map<string, unknown>): void {
  for (const [name, kustomization] of Object.entries(isJson(all) ? all : {})) {
    if (!isJson(kustomization)) continue;
    const path = `kustomizations.${name}`;
    fields.set(`${path}{}`, true);
    for (const [key, value] of Object.entries(kustomization)) {
      if (key === 'name') continue;
      if (key === 'postBuild') collectPostBuild(`${path}.postBuild`, value, fields);
      else {
        const meaning = kustomizationMeaning(key, value);
        if (!isNothing(meaning) && KUSTOMIZATION_DEFAULTS[key] !== meaning) fields.set(`${path}.${key}`, meaning);
      }
    }
  }
}

function kustomizationMeaning(key: string, value: unknown): unknown {
  if (key === 'path' && typeof value === 'string') return plainPath(value);
  // What comes first in a list of dependencies makes no difference.
  return key === 'dependsOn' && Array.isArray(value) ? value.map(String).sort() : value;
}

/** An empty variable is not an absent one: Flux puts nothing in its place, or leaves its default. */
function collectPostBuild(path: string, postBuild: unknown, fields: Map<string, unknown>): void {
  const { substitute, substituteFrom } = isJson(postBuild) ? postBuild : {};
  for (const [name, value] of Object.entries(isJson(substitute) ? substitute : {}))
    if (value !== null) fields.set(`${path}.substitute.${name}`, value);
  if (!Array.isArray(substituteFrom) || substituteFrom.length === 0) return;
  const origins = substituteFrom
    .filter(isJson)
    .map(({ kind, name, optional }) => ({ kind, name, optional: optional ?? false }));
  fields.set(`${path}.substituteFrom`, origins);
}

/** `./apps/` and `apps` are the same folder to Flux. */
function plainPath(path: string): string {
  return path
    .replace(/^(\.?\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
}
