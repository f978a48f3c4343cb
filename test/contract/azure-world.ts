import type { Arm } from '../../src/ports/arm.ts';
import type { Graph } from '../../src/ports/graph.ts';

/** Trouble that the next request to ARM meets. `lostAnswer`: it is carried out, but its answer never arrives. */
export type Trouble = 'throttled' | 'conflict' | 'unavailable' | 'lostAnswer';

/**
 * What the suites `armSuite` and `graphSuite` need of an implementation of `Arm` and `Graph` over one fleet. They are run on
 * the real adapters against the simulated Azure (`azure.test.ts`) and on those in memory (`memory-azure.test.ts`). Agents
 * must converge within `CONVERGED_MS`, extensions be installed within it, and Resource Graph lag less than it.
 */
export interface AzureWorld {
  readonly arm: Arm;
  readonly graph: Graph;
  /** ARM ids; all but `absent` exist. */
  readonly clusters: {
    /** Reachable, with a working `microsoft.flux` extension, without configurations. */
    readonly ready: string;
    /** A second one like it, in the same subscription. */
    readonly other: string;
    /** Reachable, without the extension. */
    readonly bare: string;
    /** An Arc cluster whose agent is not connected. */
    readonly offline: string;
    /** A reachable Arc cluster with one Flux v1 configuration, which keeps the extension away. */
    readonly legacy: string;
    /** A reachable AKS cluster without extension that runs as a service principal. */
    readonly servicePrincipal: string;
    readonly absent: string;
  };
  /** Moves the world's clock; everything that falls due happens before it returns. */
  readonly letTimePass: (ms: number) => void;
  /** Absent when the implementation cannot be troubled; tests that need it are skipped. */
  readonly failNext?: (trouble: Trouble) => Promise<void>;
  close(): Promise<void>;
}

export type OpenWorld = () => Promise<AzureWorld>;

/** Long enough for everything that was begun to be over and visible everywhere. */
export const CONVERGED_MS = 15 * 60_000;

export const COMMIT = '4f1b0c3d2e5a69788796a5b4c3d2e1f00f1e2d3c';

/** A configuration as Flotilla writes it, pinned to a commit. */
export function configurationBody(path = './apps'): { readonly properties: Readonly<Record<string, unknown>> } {
  return {
    properties: {
      scope: 'cluster',
      namespace: 'apps',
      sourceKind: 'GitRepository',
      suspend: false,
      gitRepository: {
        url: 'https://git.example/org/apps',
        repositoryRef: { branch: 'main', commit: COMMIT },
        timeoutInSeconds: 600,
        syncIntervalInSeconds: 600,
      },
      kustomizations: { apps: { path, prune: true, timeoutInSeconds: 600, syncIntervalInSeconds: 600 } },
    },
  };
}

/** A merge patch as the service takes it: beside the change, the kind and the block of the source, unchanged. */
export function patchBody(change: object): { readonly properties: Readonly<Record<string, unknown>> } {
  return { properties: { sourceKind: 'GitRepository', gitRepository: {}, ...change } };
}

/** The body of an extension on an AKS cluster or, without its identity, anywhere. */
export const EXTENSION_BODY = {
  properties: { extensionType: 'microsoft.flux', autoUpgradeMinorVersion: true, releaseTrain: 'Stable' },
};

/** A configuration of an OCI source. */
export const OCI_BODY = {
  properties: {
    scope: 'cluster',
    namespace: 'apps',
    sourceKind: 'OCIRepository',
    ociRepository: {
      url: 'oci://registry.example/org/apps',
      repositoryRef: { tag: 'v1' },
      timeoutInSeconds: 600,
      syncIntervalInSeconds: 600,
    },
    kustomizations: { apps: { path: './apps' } },
  },
};
