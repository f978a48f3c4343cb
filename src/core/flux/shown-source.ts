import { objectOf, textOf, type Json } from './raw-json.ts';

/** The fields of a source that may be shown; everything else stays inside, so that a field yet unknown can leak nothing. */
interface Shape {
  readonly [field: string]: true | Shape;
}

/** Property of the REST resource that holds each kind of source. */
const BLOCKS: Readonly<Record<string, string>> = {
  GitRepository: 'gitRepository',
  Bucket: 'bucket',
  AzureBlob: 'azureBlob',
  OCIRepository: 'ociRepository',
};

const SHOWN: Readonly<Record<string, Shape>> = {
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

/** Secrets that stand inside a source block, by path. Azure answers them as empty or redacted text where they are set. */
const INLINE_SECRETS: Readonly<Record<string, readonly string[]>> = {
  AzureBlob: [
    'servicePrincipal.clientSecret',
    'servicePrincipal.clientCertificate',
    'servicePrincipal.clientCertificatePassword',
    'accountKey',
    'sasToken',
  ],
  OCIRepository: ['tlsConfig.caCertificate', 'tlsConfig.clientCertificate', 'tlsConfig.privateKey'],
};

/** The source block of a configuration's raw properties; empty for a kind we do not know. */
export function sourceBlock(properties: Json): Json {
  return objectOf(properties[BLOCKS[textOf(properties.sourceKind) ?? ''] ?? '']);
}

/** The source as people may see it, under the names of the request, without durations and without anything secret. */
export function shownSource(properties: Json): Json {
  const block = sourceBlock(properties);
  const url = textOf(block.url);
  return {
    ...(url !== undefined && { url: withoutSecrets(url) }),
    ...pick(block, SHOWN[textOf(properties.sourceKind) ?? ''] ?? {}),
  };
}

/** Names of the secrets that a configuration has been given, sorted; never their values. */
export function secretNames(properties: Json): string[] {
  const block = sourceBlock(properties);
  const inline = INLINE_SECRETS[textOf(properties.sourceKind) ?? ''] ?? [];
  const trustedKeys = Object.keys(objectOf(objectOf(block.verify).verificationConfig));
  return [
    ...Object.keys(objectOf(properties.configurationProtectedSettings)),
    ...inline.filter((path) => typeof valueAt(block, path) === 'string'),
    ...trustedKeys.map((key) => `verify.verificationConfig.${key}`),
  ].sort();
}

function valueAt(json: Json, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => objectOf(value)[key], json);
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
