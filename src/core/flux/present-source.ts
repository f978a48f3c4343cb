import { SOURCE_BLOCKS, SOURCE_KINDS, type SourceKind } from '../../contracts/flux/source-kinds.ts';
import { GIT_PROVIDERS } from '../../contracts/flux/git-repository.ts';
import { defined, isJson, type Json } from './json.ts';

/** What Azure answers in the place of some secrets (recorded tests of the CLI: `tlsConfig`). */
export const REDACTED = '<redacted>';

/** Secrets inside the source blocks, by path in the properties. Azure answers an empty or redacted text where one is set. */
const INLINE_SECRETS =
  /^(azureBlob\.(accountKey|sasToken|servicePrincipal\.(clientSecret|clientCertificate|clientCertificatePassword))|ociRepository\.tlsConfig\.(caCertificate|clientCertificate|privateKey))$/;

export function isInlineSecret(path: string): boolean {
  return INLINE_SECRETS.test(path);
}

/** Fields that belong with secrets and stay with them where a plan names no credentials. */
const COMPANIONS: Readonly<Record<SourceKind, readonly string[]>> = {
  GitRepository: ['httpsUser', 'sshKnownHosts', 'httpsCACert'],
  Bucket: [],
  AzureBlob: ['servicePrincipal', 'accountKey', 'sasToken'],
  OCIRepository: ['tlsConfig'],
};

export function isCompanion(kind: SourceKind, field: string): boolean {
  return COMPANIONS[kind].includes(field);
}

/** The kind of source of raw properties. Azure has answered `azureBlob`, too: the case makes no difference. */
export function kindOf({ sourceKind }: Json): SourceKind | undefined {
  const text = typeof sourceKind === 'string' ? sourceKind.toLowerCase() : '';
  return SOURCE_KINDS.find((kind) => kind.toLowerCase() === text);
}

/**
 * The source block of raw properties as the REST resource spells it: the CLI and the SDK write `httpsCaCert`, the service echoes
 * providers in any case. `Generic` is left out: it is the default, and unknown to api-versions before 2024-11-01. Empty when
 * there is no block.
 */
export function blockOf(properties: Json, kind: SourceKind): Json {
  const block = properties[SOURCE_BLOCKS[kind]];
  if (!isJson(block)) return {};
  const { httpsCaCert, provider, ...rest } = block;
  return defined({ ...rest, httpsCACert: rest.httpsCACert ?? httpsCaCert, provider: providerOf(provider) });
}

function providerOf(provider: unknown): unknown {
  if (typeof provider !== 'string') return provider ?? undefined;
  const known = GIT_PROVIDERS.find((each) => each.toLowerCase() === provider.toLowerCase()) ?? provider;
  return known === 'Generic' ? undefined : known;
}

/** True when two raw properties have their source in common, and the second one carries secrets for it. */
export function carriesSecretsFor(kind: SourceKind | undefined, url: unknown, present: Json): boolean {
  if (kind === undefined || kindOf(present) !== kind) return false;
  const block = blockOf(present, kind);
  const { configurationProtectedSettings: settings } = present;
  const hasSettings = isJson(settings) && Object.values(settings).some((value) => value !== null);
  return block.url === url && (hasSettings || hasInlineSecret(block, SOURCE_BLOCKS[kind]));
}

function hasInlineSecret(block: Json, path: string): boolean {
  return Object.entries(block).some(([key, value]) =>
    isJson(value)
      ? hasInlineSecret(value, `${path}.${key}`)
      : typeof value === 'string' && isInlineSecret(`${path}.${key}`),
  );
}

/** The source block as it may be sent back: without secrets, whose values Azure does not tell, and without nulls. */
export function sendableBlock(properties: Json, kind: SourceKind): Json {
  return sendable(blockOf(properties, kind), SOURCE_BLOCKS[kind]);
}

function sendable(json: Json, path: string): Json {
  const kept = Object.entries(json).flatMap(([key, value]): [string, unknown][] => {
    const inner = `${path}.${key}`;
    if (value === null || value === REDACTED || isInlineSecret(inner)) return [];
    if (!isJson(value)) return [[key, value]];
    const rest = sendable(value, inner);
    return Object.keys(rest).length === 0 ? [] : [[key, rest]];
  });
  return Object.fromEntries(kept);
}
