import type { JsonObject } from '../json.ts';
import type { FluxSpec } from './flux-schema.ts';

/** What GET shows in place of the secrets of an OCI source (recorded live tests, flux.md b.6). */
const REDACTED = '<redacted>';

/** Protected settings: their names, with empty values. */
export function emptied(names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** A blob source as GET shows it: secrets that were given come back as empty texts. */
export function withoutBlobSecrets(blob: FluxSpec['azureBlob']): JsonObject | null {
  if (blob === null) return null;
  const hidden = (value: string | null): string | null => (value === null ? null : '');
  const servicePrincipal = blob.servicePrincipal === null ? null : withoutPrincipalSecrets(blob.servicePrincipal);
  return { ...blob, servicePrincipal, accountKey: hidden(blob.accountKey), sasToken: hidden(blob.sasToken) };
}

/** An OCI source as GET shows it: TLS material and keys of signatures come back as `<redacted>`. */
export function withoutOciSecrets(oci: FluxSpec['ociRepository']): JsonObject | null {
  if (oci === null) return null;
  const { tlsConfig, verify } = oci;
  const verification = verify === null ? null : { ...verify, verificationConfig: redacted(verify.verificationConfig) };
  return { ...oci, tlsConfig: redacted(tlsConfig), verify: verification };
}

function redacted(secrets: Readonly<Record<string, string | null>> | null): JsonObject | null {
  if (secrets === null) return null;
  return Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, value === null ? null : REDACTED]));
}

function withoutPrincipalSecrets(principal: JsonObject): JsonObject {
  const secrets = new Set(['clientSecret', 'clientCertificate', 'clientCertificatePassword']);
  return Object.fromEntries(Object.entries(principal).map(([key, value]) => [key, secrets.has(key) ? '' : value]));
}
