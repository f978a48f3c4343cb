import type { FluxSpec } from '../resources/flux-schema.ts';
import type { ConditionText } from './protected-sources.ts';
import { pick, unit } from './random.ts';

/** An object of Kubernetes by its name; without a namespace when its manifest names none. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What one kustomization comes to at one revision. */
export interface Content {
  /** What it puts into the cluster, in the order of its manifests. */
  readonly objects: readonly ObjectName[];
  /** Why nothing of it can be applied. */
  readonly refusal?: ConditionText;
}

/** What a source holds at present. */
export interface Artifact {
  /** In the form of `sourceSyncedCommitId`. */
  readonly revision: string;
  /** Why it cannot be fetched; the revision is then of no meaning. */
  readonly refusal?: ConditionText;
  readonly contents: ReadonlyMap<string, Content>;
}

const RELEASES = ['ingress-nginx', 'redis', 'podinfo', 'cert-manager', 'kube-state-metrics', 'external-dns'] as const;

/** The content of sources that nobody can look into: each kustomization has a workload and up to two Helm releases. */
export function inventedContents(seed: number, { kustomizations, namespace }: FluxSpec): Map<string, Content> {
  const contents = Object.entries(kustomizations).map(([name, { path }]): [string, Content] => {
    const key = `${name}/${path}`;
    const count = Math.floor(unit(seed, `releases/${key}`) * 3);
    const releases = Array.from({ length: count }, (_, index) => pick(seed, `release/${key}/${index}`, RELEASES));
    const named = [...new Set(releases)].map((release) => ({ kind: 'HelmRelease', namespace, name: release }));
    return [name, { objects: [{ kind: 'Deployment', namespace, name: `${name}-web` }, ...named] }];
  });
  return new Map(contents);
}

/** `Kind/namespace/name`, as the inventory of a cluster and the texts of Flux have it. */
export function objectText({ kind, namespace, name }: ObjectName): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
