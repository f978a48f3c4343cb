import { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { desiredConfiguration, type Json } from '../../../src/core/flux/desired.ts';

type Body = Record<string, unknown>;

export const VALUES = { 'cluster.name': 'edge-1', 'cluster.tags.ring': 'canary' };

/** The body that a raw configuration asks for on a cluster with `VALUES`. */
export function desiredOf(raw: unknown): Json {
  return desiredConfiguration(Configuration.parse(raw), VALUES);
}

export function properties(resource: Json): Body {
  return resource.properties as Body;
}

export const REMOVED = Symbol('removed');

/** A resource with some of its properties changed, by path (`gitRepository/url`). */
export function changed(resource: Json, changes: Readonly<Record<string, unknown>>): Json {
  const copy = structuredClone(resource) as Body;
  for (const [path, value] of Object.entries(changes)) {
    const keys = ['properties', ...path.split('/')];
    const last = keys.pop()!;
    let at = copy;
    for (const key of keys) at = at[key] as Body;
    if (value === REMOVED) delete at[last];
    else at[last] = value;
  }
  return copy;
}

const TIMES = { timeoutInSeconds: 600, syncIntervalInSeconds: 600 };
const BLOCKS = ['gitRepository', 'bucket', 'azureBlob', 'ociRepository'];
const NULLABLE: Readonly<Record<string, Body>> = {
  gitRepository: { sshKnownHosts: null, httpsUser: null, httpsCACert: null, localAuthRef: null, provider: 'generic' },
  bucket: { insecure: true, accessKey: null, localAuthRef: null },
  azureBlob: { servicePrincipal: null, accountKey: null, sasToken: null, managedIdentity: null, localAuthRef: null },
  ociRepository: { verify: null, tlsConfig: null, layerSelector: null, serviceAccountName: null, localAuthRef: null },
};

/**
 * The resource as the service returns it after a PUT: defaults and nulls filled in, secrets emptied or redacted, enums in its
 * own letters, its report beside it, and keys in another order.
 */
export function asServiceReturns(body: Json): Json {
  const sent = properties(body);
  const blocks = BLOCKS.map((block): [string, unknown] => [
    block,
    sent[block] === undefined ? null : filledBlock(block, sent[block] as Body),
  ]);
  const kustomizations = Object.entries(sent.kustomizations as Record<string, Body>).map(
    ([name, each]): [string, unknown] => [
      name,
      {
        name,
        path: '',
        dependsOn: null,
        ...TIMES,
        retryIntervalInSeconds: null,
        prune: false,
        force: false,
        wait: true,
        postBuild: null,
        ...each,
      },
    ],
  );
  const filled = {
    scope: 'cluster',
    namespace: 'default',
    suspend: false,
    configurationProtectedSettings: {},
    ...sent,
    ...Object.fromEntries(blocks),
    sourceKind: `${String(sent.sourceKind).charAt(0).toLowerCase()}${String(sent.sourceKind).slice(1)}`,
    kustomizations: Object.fromEntries(kustomizations),
    waitForReconciliation: sent.waitForReconciliation ?? false,
    statuses: [{ name: 'x', complianceState: 'Compliant' }],
    provisioningState: 'Succeeded',
    complianceState: 'Compliant',
    errorMessage: '',
  };
  return { id: '/x', properties: reversed(filled) };
}

function filledBlock(block: string, sent: Body): Body {
  const ref = sent.repositoryRef as Body | undefined;
  const filled: Body = { ...TIMES, ...NULLABLE[block], ...sent };
  if (block === 'gitRepository') filled.repositoryRef = { branch: null, tag: null, semver: null, commit: null, ...ref };
  if (block === 'ociRepository') filled.repositoryRef = { tag: 'latest', semver: null, digest: null, ...ref };
  if (typeof sent.provider === 'string') filled.provider = sent.provider.toLowerCase();
  return redacted(filled);
}

/** Certificates of OCI sources and trusted keys come back redacted, all other secrets empty (reference of the CLI's tests). */
function redacted(block: Body): Body {
  const tls = block.tlsConfig as Body | null | undefined;
  const verify = block.verify as Body | null | undefined;
  const hide = (map: Body) => Object.fromEntries(Object.keys(map).map((key) => [key, '<redacted>']));
  return {
    ...block,
    ...(tls && { tlsConfig: { caCertificate: null, clientCertificate: null, privateKey: null, ...hide(tls) } }),
    ...(verify && {
      verify: {
        ...verify,
        ...(verify.verificationConfig !== undefined && { verificationConfig: hide(verify.verificationConfig as Body) }),
      },
    }),
  };
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, reversed(inner)] as const)
      .reverse(),
  );
}
