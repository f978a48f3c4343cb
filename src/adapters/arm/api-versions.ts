import type { ClusterType } from '../../contracts/cluster-id.ts';
import type { ArmJson } from '../../ports/arm.ts';

/** The api-version that each kind of source is written with. */
export type FluxApiVersions = Readonly<Record<'GitRepository' | 'Bucket' | 'AzureBlob' | 'OCIRepository', string>>;

/**
 * 2023-05-01 is the oldest with everything that the first three need; OCI sources and `gitRepository.provider` came later, and
 * 2025-04-01 is the newest stable one (REST specification). Clouds lag behind each other, so the settings may override them.
 */
export const FLUX_API_VERSIONS: FluxApiVersions = {
  GitRepository: '2023-05-01',
  Bucket: '2023-05-01',
  AzureBlob: '2023-05-01',
  OCIRepository: '2025-04-01',
};

/** 2023-05-01 is what `az k8s-extension` 1.7.0 asks with. */
export const EXTENSIONS_VERSION = '2023-05-01';

/** The only one that still has Flux v1. */
export const FLUX_V1_VERSION = '2022-03-01';

/** Of ARM itself, as the SDK for resources asks with. */
export const PROVIDERS_VERSION = '2021-04-01';

/** What `az k8s-configuration` 2.3.0 asks with. */
export const CLUSTER_VERSIONS: Readonly<Record<ClusterType, string>> = {
  connectedClusters: '2021-10-01',
  managedClusters: '2021-10-01',
  provisionedClusters: '2022-05-01-preview',
};

/**
 * The api-version that a body of PUT or PATCH has to be sent with: an older one drops, without a word, what it does not know.
 * A body that names no kind says nothing about it, so the newest is used.
 */
export function versionForBody(versions: FluxApiVersions, { properties }: ArmJson): string {
  const { sourceKind, gitRepository, ociRepository } = fields(properties);
  if (ociRepository !== undefined || fields(gitRepository)['provider'] !== undefined) return versions.OCIRepository;
  switch (sourceKind) {
    case 'GitRepository':
    case 'Bucket':
    case 'AzureBlob':
    case 'OCIRepository':
      return versions[sourceKind];
    default:
      return newestVersion(versions);
  }
}

/** The api-version for reading and deleting: an older one would hide blocks that a newer one wrote. */
export function newestVersion(versions: FluxApiVersions): string {
  return Object.values(versions).reduce((newest, version) => (age(version) > age(newest) ? version : newest));
}

/** Versions are dates, so text sorts them; a preview comes before the stable version of its day. */
function age(version: string): string {
  return version.length === 'YYYY-MM-DD'.length ? `${version}~` : version;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
