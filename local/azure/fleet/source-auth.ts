import { z } from 'zod';
import type { FluxConfiguration } from './cluster.ts';
import { usesGeneratedKey } from './cluster.ts';

const text = z.string().min(1).max(20_000);

/**
 * What a protected repository asks for, one kind per way to authenticate (flux.md, end of f). Values are the plain ones: what
 * configurations carry in base64 is decoded before it is compared. `…Contains` takes any value with this text in it.
 */
export const sourceAuth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('https'), user: text, key: text }),
  z.strictObject({
    kind: z.literal('ssh'),
    /** Own keys that the host accepts. Absent: none. */
    privateKeyContains: text.optional(),
    /** Public halves of generated keys (`repositoryPublicKey`) that were added at the host. */
    publicKeys: z.array(text).max(10_000).default([]),
    /** Absent: every known host will do. */
    knownHostsContains: text.optional(),
  }),
  z.strictObject({ kind: z.literal('caCertificate'), contains: text }),
  z.strictObject({ kind: z.literal('provider'), provider: z.enum(['Azure', 'GitHub']) }),
  z.strictObject({ kind: z.literal('bucket'), accessKey: text, secretKey: text }),
  z.strictObject({
    kind: z.literal('servicePrincipal'),
    clientId: text,
    tenantId: text,
    clientSecret: text.optional(),
    clientCertificateContains: text.optional(),
  }),
  z.strictObject({ kind: z.literal('accountKey'), key: text }),
  z.strictObject({ kind: z.literal('sasToken'), token: text }),
  z.strictObject({ kind: z.literal('managedIdentity'), clientId: text }),
  z.strictObject({ kind: z.literal('workloadIdentity') }),
  z.strictObject({ kind: z.literal('serviceAccount'), name: text }),
  z.strictObject({ kind: z.literal('tls'), privateKeyContains: text, caCertificateContains: text.optional() }),
  /** Only the secret in the cluster that `localAuthRef` of the source names. */
  z.strictObject({ kind: z.literal('localSecret') }),
]);
export type SourceAuth = z.infer<typeof sourceAuth>;

/** True when a configuration carries what the repository asks for, local secrets aside. */
export function carries(auth: SourceAuth, configuration: FluxConfiguration): boolean {
  const { gitRepository: git, ociRepository: oci, azureBlob: blob, bucket } = configuration.spec;
  const setting = (name: string): string | undefined => decoded(configuration.protectedValues[name]);
  switch (auth.kind) {
    case 'https':
      return git?.httpsUser === auth.user && setting('httpsKey') === auth.key;
    case 'ssh':
      return carriesSshKey(auth, configuration) && contains(git?.sshKnownHosts, auth.knownHostsContains);
    case 'caCertificate':
      return contains(git?.httpsCACert, auth.contains);
    case 'provider':
      return git?.provider?.toLowerCase() === auth.provider.toLowerCase();
    case 'bucket':
      return bucket?.accessKey === auth.accessKey && setting('bucketSecretKey') === auth.secretKey;
    case 'servicePrincipal':
      return carriesPrincipal(auth, blob?.servicePrincipal ?? {});
    case 'accountKey':
      return blob?.accountKey === auth.key;
    case 'sasToken':
      return blob?.sasToken === auth.token;
    case 'managedIdentity':
      return blob?.managedIdentity?.clientId === auth.clientId;
    case 'workloadIdentity':
      return oci?.useWorkloadIdentity === true;
    case 'serviceAccount':
      return oci?.serviceAccountName === auth.name;
    case 'tls': {
      const tls = oci?.tlsConfig;
      return (
        contains(tls?.privateKey, auth.privateKeyContains) && contains(tls?.caCertificate, auth.caCertificateContains)
      );
    }
    case 'localSecret':
      return false;
  }
}

function carriesSshKey(auth: Extract<SourceAuth, { kind: 'ssh' }>, configuration: FluxConfiguration): boolean {
  if (usesGeneratedKey(configuration)) return auth.publicKeys.includes(configuration.generatedPublicKey);
  const key = configuration.protectedValues['sshPrivateKey'];
  return auth.privateKeyContains !== undefined && contains(key, auth.privateKeyContains);
}

function carriesPrincipal(
  auth: Extract<SourceAuth, { kind: 'servicePrincipal' }>,
  principal: Readonly<Record<string, unknown>>,
): boolean {
  const certificate = principal['clientCertificate'];
  return (
    principal['clientId'] === auth.clientId &&
    principal['tenantId'] === auth.tenantId &&
    (auth.clientSecret === undefined || principal['clientSecret'] === auth.clientSecret) &&
    contains(typeof certificate === 'string' ? certificate : undefined, auth.clientCertificateContains)
  );
}

/** True when nothing is wanted, or the base64 value has the wanted text in it. */
function contains(base64: string | null | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || decoded(base64)?.includes(wanted) === true;
}

function decoded(base64: string | null | undefined): string | undefined {
  return base64 === null || base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
