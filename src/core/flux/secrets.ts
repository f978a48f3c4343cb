import { encodeBase64 } from '../../contracts/flux/base64.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import type { EnsureExtension } from '../../contracts/flux/extension.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isJson, type Json } from './json.ts';
import { sourceOf } from './source.ts';

/** A place in a body that takes a secret. */
export interface SecretField {
  /** From the body down, such as `['properties', 'azureBlob', 'sasToken']`. */
  readonly path: readonly string[];
  readonly reference: string;
  /** The secret as this place takes it. */
  readonly encoded: (value: string) => string;
}

/** Where the secrets of a configuration go (law 9: a plan holds references only). */
export function secretFields(configuration: Configuration): SecretField[] {
  const { sshPrivateKey, httpsKey, bucketSecretKey } = configuration.configurationProtectedSettings ?? {};
  const setting = ['configurationProtectedSettings'];
  return [
    ...field([...setting, 'sshPrivateKey'], sshPrivateKey, keyFile),
    ...field([...setting, 'httpsKey'], httpsKey, encodeBase64),
    ...field([...setting, 'bucketSecretKey'], bucketSecretKey, encodeBase64),
    ...inlineFields(configuration),
  ];
}

/** Secrets that the REST resource takes inside the source block. */
function inlineFields(configuration: Configuration): SecretField[] {
  const { kind, block } = sourceOf(configuration);
  switch (kind) {
    case 'GitRepository':
    case 'Bucket':
      return [];
    case 'AzureBlob': {
      const { servicePrincipal, accountKey, sasToken } = block;
      const principal = ['azureBlob', 'servicePrincipal'];
      return [
        ...field([...principal, 'clientSecret'], servicePrincipal?.clientSecret, asIs),
        ...field([...principal, 'clientCertificate'], servicePrincipal?.clientCertificate, pemFile),
        ...field([...principal, 'clientCertificatePassword'], servicePrincipal?.clientCertificatePassword, asIs),
        ...field(['azureBlob', 'accountKey'], accountKey, asIs),
        ...field(['azureBlob', 'sasToken'], sasToken, asIs),
      ];
    }
    case 'OCIRepository':
      return (['caCertificate', 'clientCertificate', 'privateKey'] as const).flatMap((name) =>
        field(['ociRepository', 'tlsConfig', name], block.tlsConfig?.[name], pemFile),
      );
  }
}

/** What is no secret, but is hidden by Azure all the same: whether it has changed, only the hash of what was sent can tell. */
export function hiddenLiterals({ ociRepository }: Configuration): Readonly<Record<string, string>> {
  return ociRepository?.verify?.verificationConfig ?? {};
}

/** Where the protected settings of the extension go; they are sent as they are. */
export function extensionSecretFields({ configurationProtectedSettings = {} }: EnsureExtension): SecretField[] {
  return Object.entries(configurationProtectedSettings).flatMap(([name, reference]) =>
    field(['configurationProtectedSettings', name], reference, asIs),
  );
}

function field(path: string[], reference: string | undefined, encoded: SecretField['encoded']): SecretField[] {
  return reference === undefined ? [] : [{ path: ['properties', ...path], reference, encoded }];
}

function asIs(value: string): string {
  return value;
}

/** PEM text becomes base64; anything else is base64 already, such as a PFX out of Key Vault. */
function pemFile(value: string): string {
  return value.includes('-----BEGIN') ? encodeBase64(value) : value.trim();
}

/** An SSH key has to end with a line break (reference of the CLI), which vaults like to lose. */
function keyFile(value: string): string {
  return pemFile(value.includes('-----BEGIN') ? `${value.trimEnd()}\n` : value);
}

/** The body with every secret in its place. What it returns goes to Azure and nowhere else. */
export function withSecrets(body: Json, fields: readonly SecretField[], valueOf: (reference: string) => string): Json {
  return fields.reduce(
    (filled, { path, reference, encoded }) => withValue(filled, path, encoded(valueOf(reference))),
    body,
  );
}

/** The body with an empty text in the place of every secret: as Azure shows it. */
export function withEmptySecrets(body: Json, fields: readonly SecretField[]): Json {
  return fields.reduce((filled, { path }) => withValue(filled, path, ''), body);
}

function withValue(json: Json, [key, ...rest]: readonly string[], value: string): Json {
  if (key === undefined) return json;
  const inner = json[key];
  return { ...json, [key]: rest.length === 0 ? value : withValue(isJson(inner) ? inner : {}, rest, value) };
}

/** The text that a keyed hash of the secrets is made of: every place with its value, in one order. Never stored or shown. */
export function secretText(
  fields: readonly SecretField[],
  valueOf: (reference: string) => string,
  hidden: Readonly<Record<string, string>> = {},
): string {
  const places = fields.map(({ path, reference, encoded }) => [path.join('/'), encoded(valueOf(reference))]);
  const literals = Object.entries(hidden).map(([name, value]) => [`hidden/${name}`, value]);
  return canonicalJson(Object.fromEntries([...places, ...literals]));
}
