import { SOURCE_BLOCKS, type SourceKind } from '../../contracts/flux/source-kinds.ts';
import { isJson, type Json } from './json.ts';
import { blockOf, isInlineSecret, kindOf } from './present-source.ts';
import { objectOf, textOf } from './raw-json.ts';

/** The fields of a source that may be shown; everything else stays inside, so that a field yet unknown can leak nothing. */
interface Shape {
  readonly [field: string]: true | Shape;
}

const SHOWN: Readonly<Record<SourceKind, Shape>> = {
  GitRepository: {
    repositoryRef: { branch: true, tag: true, semver: true, commit: true },
    provider: true,
    localAuthRef: true,
    httpsUser: true,
    httpsCACert: true,
    sshKnownHosts: true,
  },
  Bucket: { bucketName: true, insecure: true, accessKey: true, localAuthRef: true },
  AzureBlob: {
    containerName: true,
    servicePrincipal: { clientId: true, tenantId: true, clientCertificateSendChain: true },
    managedIdentity: { clientId: true },
    localAuthRef: true,
  },
  OCIRepository: {
    repositoryRef: { tag: true, semver: true, digest: true },
    layerSelector: { mediaType: true, operation: true },
    verify: { provider: true, matchOidcIdentity: true },
    insecure: true,
    useWorkloadIdentity: true,
    serviceAccountName: true,
    localAuthRef: true,
  },
};

/** The source block of a configuration's raw properties; empty for a kind we do not know. */
export function sourceBlock(properties: Json): Json {
  const kind = kindOf(properties);
  return kind === undefined ? {} : blockOf(properties, kind);
}

/** The source as people may see it, under the names of the request, without durations and without anything secret. */
export function shownSource(properties: Json): Json {
  const kind = kindOf(properties);
  if (kind === undefined) return {};
  const block = blockOf(properties, kind);
  const url = textOf(block.url);
  return { ...(url !== undefined && { url: withoutSecrets(url) }), ...pick(block, SHOWN[kind]) };
}

/** Names of the secrets that a configuration has been given, sorted; never their values. */
export function secretNames(properties: Json): string[] {
  const kind = kindOf(properties);
  const block = sourceBlock(properties);
  return [
    ...Object.keys(objectOf(properties.configurationProtectedSettings)),
    ...(kind === undefined ? [] : inlineSecrets(block, SOURCE_BLOCKS[kind])),
    // Azure redacts public keys as well.
    ...Object.keys(objectOf(objectOf(block.verify).verificationConfig)).map(
      (key) => `verify.verificationConfig.${key}`,
    ),
  ].sort();
}

/** Paths of the secrets that are set inside a block, without the name of the block. */
function inlineSecrets(json: Json, path: string): string[] {
  return Object.entries(json).flatMap(([key, value]) => {
    const inner = `${path}.${key}`;
    if (isJson(value)) return inlineSecrets(value, inner);
    return typeof value === 'string' && isInlineSecret(inner) ? [inner.slice(inner.indexOf('.') + 1)] : [];
  });
}

function pick(json: Json, shape: Shape): Json {
  const shown = Object.entries(shape).map(([field, inside]): [string, unknown] => {
    const value = json[field];
    if (inside === true) return [field, value ?? undefined];
    const nested = pick(objectOf(value), inside);
    return [field, Object.keys(nested).length > 0 ? nested : undefined];
  });
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
}

/** Others may have put a password or a SAS token into a URL. */
function withoutSecrets(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/?#]*@/i, '$1:***@').replace(/\?.*$/s, '?***');
}
