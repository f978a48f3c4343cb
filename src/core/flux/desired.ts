import type { Configuration } from '../../contracts/flux/configuration.ts';
import type { Kustomization } from '../../contracts/flux/kustomization.ts';
import { substitute } from './cluster-values.ts';

/** Raw JSON of ARM. */
export type Json = Readonly<Record<string, unknown>>;

/** The texts of a configuration in which `${cluster.…}` may stand. */
export function templatedTexts({ gitRepository, kustomizations }: Configuration): string[] {
  const { branch, tag, semver } = gitRepository.repositoryRef;
  return [branch, tag, semver, ...Object.values(kustomizations).map(({ path }) => path)].filter(
    (text) => text !== undefined,
  );
}

/**
 * The `fluxConfigurations` resource that a configuration asks for on one cluster, as the body of a PUT (api-version
 * 2023-05-01). Durations become `…InSeconds`.
 */
export function desiredConfiguration(configuration: Configuration, values: Readonly<Record<string, string>>): Json {
  const { namespace, scope, suspend, sourceKind, gitRepository, kustomizations } = configuration;
  const ref = Object.entries(gitRepository.repositoryRef).filter(([, value]) => value !== undefined);
  return {
    properties: {
      scope,
      namespace,
      sourceKind,
      suspend,
      gitRepository: {
        url: gitRepository.url,
        timeoutInSeconds: gitRepository.timeout,
        syncIntervalInSeconds: gitRepository.syncInterval,
        repositoryRef: Object.fromEntries(ref.map(([key, value]) => [key, substitute(value, values)])),
      },
      kustomizations: Object.fromEntries(
        Object.entries(kustomizations).map(([name, kustomization]) => [
          name,
          desiredKustomization(kustomization, values),
        ]),
      ),
    },
  };
}

function desiredKustomization(kustomization: Kustomization, values: Readonly<Record<string, string>>): Json {
  const { path, dependsOn, timeout, syncInterval, retryInterval, prune, force, wait } = kustomization;
  return {
    path: substitute(path, values),
    dependsOn,
    timeoutInSeconds: timeout,
    syncIntervalInSeconds: syncInterval,
    ...(retryInterval !== undefined && { retryIntervalInSeconds: retryInterval }),
    prune,
    force,
    wait,
  };
}

/** Name under which Flotilla installs the extension: the one that the CLI and the built-in policies use. */
export const EXTENSION_NAME = 'flux';

/**
 * The `microsoft.flux` extension with the service's defaults. A managed identity is sent for every type but AKS, which
 * refuses it (reference: `az k8s-extension`).
 */
export function desiredExtension(clusterType: string): Json {
  return {
    ...(clusterType !== 'managedClusters' && { identity: { type: 'SystemAssigned' } }),
    properties: {
      extensionType: 'microsoft.flux',
      autoUpgradeMinorVersion: true,
      scope: { cluster: { releaseNamespace: 'flux-system' } },
    },
  };
}
