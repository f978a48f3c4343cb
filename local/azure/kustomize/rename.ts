import type { KustomizationFields } from './kustomization-file.ts';
import type { Manifest } from './manifests.ts';

/** Kinds that belong to the whole cluster, as far as manifests of a fleet have them. */
const CLUSTER_KINDS: ReadonlySet<string> = new Set([
  ...['Namespace', 'Node', 'PersistentVolume', 'StorageClass', 'PriorityClass', 'RuntimeClass', 'IngressClass'],
  ...['ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'APIService'],
  ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ClusterIssuer'],
]);
/** Kinds whose names kustomize leaves alone: others refer to them by name. */
const KEPT_NAMES: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition', 'APIService']);

/** An object after the namespace, prefix and suffix of a kustomization. */
export function renamed(manifest: Manifest, { namespace, namePrefix, nameSuffix }: KustomizationFields): Manifest {
  const { kind, name } = manifest;
  return {
    ...manifest,
    name: KEPT_NAMES.has(kind) ? name : `${namePrefix}${name}${nameSuffix}`,
    namespace: namespace === '' || CLUSTER_KINDS.has(kind) ? manifest.namespace : namespace,
  };
}
