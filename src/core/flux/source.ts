import type { AzureBlob } from '../../contracts/flux/azure-blob.ts';
import type { Bucket } from '../../contracts/flux/bucket.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import type { GitRepository } from '../../contracts/flux/git-repository.ts';
import type { OciRepository } from '../../contracts/flux/oci-repository.ts';

/** Where a configuration comes from: one of four kinds, with its block. */
export type Source =
  | { readonly kind: 'GitRepository'; readonly block: GitRepository }
  | { readonly kind: 'Bucket'; readonly block: Bucket }
  | { readonly kind: 'AzureBlob'; readonly block: AzureBlob }
  | { readonly kind: 'OCIRepository'; readonly block: OciRepository };

export function sourceOf({ sourceKind, gitRepository, bucket, azureBlob, ociRepository }: Configuration): Source {
  switch (sourceKind) {
    case 'GitRepository':
      return { kind: sourceKind, block: present(gitRepository) };
    case 'Bucket':
      return { kind: sourceKind, block: present(bucket) };
    case 'AzureBlob':
      return { kind: sourceKind, block: present(azureBlob) };
    case 'OCIRepository':
      return { kind: sourceKind, block: present(ociRepository) };
  }
}

/** The contract has made sure that the block of the kind is there. */
function present<T>(block: T | undefined): T {
  if (block === undefined) throw new RangeError('a configuration lacks the block of its source kind');
  return block;
}

export function sourceUrl(configuration: Configuration): string {
  return sourceOf(configuration).block.url;
}

/** The commit (Git) or digest (OCI) that a configuration is held at; undefined when it follows what moves. */
export function pinnedRevision(configuration: Configuration): string | undefined {
  const { kind, block } = sourceOf(configuration);
  switch (kind) {
    case 'GitRepository':
      return block.repositoryRef.commit;
    case 'OCIRepository':
      return block.repositoryRef.digest;
    case 'Bucket':
    case 'AzureBlob':
      return undefined;
  }
}

/**
 * True when a plan says how the source is reached: by secrets, by a secret in the cluster, or by an identity. One that says
 * nothing leaves the secrets of a configuration that has the same source alone.
 */
export function namesCredentials(configuration: Configuration): boolean {
  if (configuration.configurationProtectedSettings !== undefined) return true;
  const { kind, block } = sourceOf(configuration);
  switch (kind) {
    case 'GitRepository': {
      const hasIdentity = block.provider === 'Azure' || block.provider === 'GitHub';
      return hasIdentity || block.httpsUser !== undefined || block.localAuthRef !== undefined;
    }
    case 'Bucket':
      return true;
    case 'AzureBlob': {
      const { servicePrincipal, accountKey, sasToken, managedIdentity, localAuthRef } = block;
      return [servicePrincipal, accountKey, sasToken, managedIdentity, localAuthRef].some((way) => way !== undefined);
    }
    case 'OCIRepository':
      // The only secrets of an OCI source are its certificates; other ways to authenticate may stand beside them.
      return block.tlsConfig !== undefined;
  }
}
