import type { ArmJson } from '../../ports/arm.ts';
import { child, pinnedCommit, text, type AgentBehaviour } from './azure-cluster.ts';

const BLOCKS: Readonly<Record<string, string>> = {
  GitRepository: 'gitRepository',
  Bucket: 'bucket',
  AzureBlob: 'azureBlob',
  OCIRepository: 'ociRepository',
};

/** True when properties name a kind of source and bring its block. */
export function hasSource(properties: ArmJson): boolean {
  const block = properties[BLOCKS[text(properties, 'sourceKind') ?? ''] ?? ''];
  return typeof block === 'object' && block !== null;
}

/** Kind of the Flux object that fetches a source; blob containers are fetched by a `Bucket`. */
export function sourceObjectKind(properties: ArmJson): string {
  const kind = text(properties, 'sourceKind') ?? 'GitRepository';
  return kind === 'AzureBlob' ? 'Bucket' : kind;
}

/**
 * The revision that the agent syncs, as it writes it: what the source pins, or else a revision of its own for every write, since
 * what is followed moves on.
 */
export function syncedRevision(
  properties: ArmJson,
  generation: number,
  commitFormat: AgentBehaviour['commitFormat'],
): string {
  const head = generation.toString(16);
  const digest = `sha256:${head.padStart(64, '0')}`;
  switch (properties['sourceKind']) {
    case 'Bucket':
    case 'AzureBlob':
      return digest;
    case 'OCIRepository': {
      const ref = child(child(properties, 'ociRepository'), 'repositoryRef');
      return text(ref, 'digest') ?? `${text(ref, 'semver') ?? text(ref, 'tag') ?? 'latest'}@${digest}`;
    }
    default: {
      const ref = child(child(properties, 'gitRepository'), 'repositoryRef');
      const { branch, commit = head.padStart(40, '0') } = pinnedCommit(properties);
      const followed = text(ref, 'semver') ?? text(ref, 'tag') ?? branch;
      return commitFormat === 'branch/commit' ? `${followed}/${commit}` : `${followed}@sha1:${commit}`;
    }
  }
}
