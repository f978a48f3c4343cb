import { sourceOf } from '../resources/flux-schema.ts';
import type { FluxConfiguration } from './cluster.ts';
import { carries, type SourceAuth } from './source-auth.ts';

/** A repository, bucket or registry that does not let everybody in. */
export interface ProtectedSource {
  /** Exactly as configurations write it. */
  readonly url: string;
  readonly auth: SourceAuth;
  /** A secret in the namespace of the configurations that opens it as well. */
  readonly localAuthRef?: string | undefined;
}

/** Reason and message of a Flux condition. */
export interface ConditionText {
  readonly reason: string;
  readonly message: string;
}

/** Sources remembered; far above what one test describes. */
const SOURCES_MAX = 1000;

/** The hosts outside the clusters, as far as they ask for authentication. Values stay in here and are never shown. */
export class ProtectedSources {
  readonly #byUrl = new Map<string, ProtectedSource>();

  get all(): ProtectedSource[] {
    return [...this.#byUrl.values()];
  }

  /** @throws RangeError when too many are described */
  protect(source: ProtectedSource): void {
    if (this.#byUrl.size >= SOURCES_MAX) throw new RangeError(`at most ${SOURCES_MAX} sources can be protected`);
    this.#byUrl.set(source.url, source);
  }

  open(url: string): void {
    this.#byUrl.delete(url);
  }

  /** What Flux says about a source that it is not let into; undefined when it is. */
  refusal(configuration: FluxConfiguration): ConditionText | undefined {
    const { url, localAuthRef } = sourceOf(configuration.spec);
    const source = this.#byUrl.get(url);
    if (source === undefined) return undefined;
    if (localAuthRef === null) return carries(source.auth, configuration) ? undefined : refused(configuration, source);
    if (localAuthRef === source.localAuthRef) return undefined;
    const secret = `${configuration.spec.namespace}/${localAuthRef}`;
    return {
      reason: 'AuthenticationFailed',
      message: `failed to get secret '${secret}': secrets "${localAuthRef}" not found`,
    };
  }
}

/** What Flux says about a source that the network or the host refuses, without a protected source being described. */
export function sourceFailure(configuration: FluxConfiguration): ConditionText {
  return refused(configuration, undefined);
}

/** Reasons are those of source-controller; the messages follow fluxcd/source-controller issue 954 and its like. */
function refused({ spec }: FluxConfiguration, source: ProtectedSource | undefined): ConditionText {
  const { url } = sourceOf(spec);
  switch (spec.sourceKind) {
    case 'GitRepository': {
      const cause = gitCause(source?.auth.kind);
      const message = `failed to checkout and determine revision: unable to clone '${url}': ${cause}`;
      return { reason: 'GitOperationFailed', message };
    }
    case 'Bucket':
    case 'AzureBlob': {
      const name = spec.bucket?.bucketName ?? spec.azureBlob?.containerName ?? '';
      const message = `failed to confirm existence of '${name}' bucket: Access Denied.`;
      return { reason: 'BucketOperationFailed', message };
    }
    case 'OCIRepository':
      return ociRefusal(url, source?.auth.kind);
  }
}

function gitCause(kind: SourceAuth['kind'] | undefined): string {
  if (kind === 'caCertificate')
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  if (kind !== 'ssh') return 'authentication required';
  return 'ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain';
}

function ociRefusal(url: string, kind: SourceAuth['kind'] | undefined): ConditionText {
  const [host = '', ...path] = url.replace(/^oci:\/\//, '').split('/');
  if (kind === 'workloadIdentity') {
    return {
      reason: 'AuthenticationFailed',
      message: `failed to get credential from '${host}': no identity is assigned`,
    };
  }
  const cause =
    kind === 'tls'
      ? `https://${host}/v2/: tls: failed to verify certificate: x509: certificate signed by unknown authority`
      : `https://${host}/token?scope=repository:${path.join('/')}:pull&service=${host}: DENIED: denied`;
  return { reason: 'OCIArtifactPullFailed', message: `failed to determine artifact digest: GET ${cause}` };
}
