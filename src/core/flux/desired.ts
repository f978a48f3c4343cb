import { isoDuration } from '../../contracts/duration.ts';
import type { ConfigurationChange } from '../../contracts/flux/change.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import type { Kustomization } from '../../contracts/flux/kustomization.ts';
import { SOURCE_BLOCKS } from '../../contracts/flux/source-kinds.ts';
import { substitute } from './cluster-values.ts';
import { defined, type Json } from './json.ts';
import { secretFields, withEmptySecrets } from './secrets.ts';
import { sourceBody } from './source-body.ts';
import { namesCredentials, sourceOf } from './source.ts';

export type { Json } from './json.ts';

type Values = Readonly<Record<string, string>>;

/**
 * The `fluxConfigurations` resource that a configuration asks for on one cluster, as the body of a PUT. Secrets stand as empty
 * texts, as Azure shows them: `withSecrets` puts their values in right before the call. Where the plan names no credentials
 * there is no `configurationProtectedSettings`.
 */
export function desiredConfiguration(configuration: Configuration, values: Values): Json {
  const { namespace, scope, suspend, sourceKind, kustomizations } = configuration;
  const { waitForReconciliation, reconciliationWaitDuration } = configuration;
  const body = {
    properties: defined({
      scope,
      namespace: substitute(namespace, values),
      sourceKind,
      suspend,
      [SOURCE_BLOCKS[sourceKind]]: sourceBody(sourceOf(configuration), values),
      kustomizations: Object.fromEntries(
        Object.entries(kustomizations).map(([name, each]) => [name, desiredKustomization(each, values)]),
      ),
      configurationProtectedSettings: namesCredentials(configuration) ? {} : undefined,
      waitForReconciliation,
      reconciliationWaitDuration:
        reconciliationWaitDuration === undefined ? undefined : isoDuration(reconciliationWaitDuration),
    }),
  };
  return withEmptySecrets(body, secretFields(configuration));
}

/** One kustomization of a PUT, complete: what the contract filled in is sent, too. */
export function desiredKustomization(kustomization: Kustomization, values: Values): Json {
  const { path, dependsOn, timeout, syncInterval, retryInterval, prune, force, wait, postBuild } = kustomization;
  return defined({
    path: substitute(path, values),
    dependsOn,
    timeoutInSeconds: timeout,
    syncIntervalInSeconds: syncInterval,
    retryIntervalInSeconds: retryInterval,
    prune,
    force,
    wait,
    postBuild: postBuild && desiredPostBuild(postBuild, values),
  });
}

export function desiredPostBuild(postBuild: NonNullable<Kustomization['postBuild']>, values: Values): Json {
  const variables = postBuild.substitute && Object.entries(postBuild.substitute);
  return defined({
    substitute: variables && Object.fromEntries(variables.map(([name, text]) => [name, substitute(text, values)])),
    substituteFrom: postBuild.substituteFrom,
  });
}

/** The texts of a change in which `${cluster.…}` and `${variables.…}` may stand. */
export function templatedTexts(change: ConfigurationChange): string[] {
  switch (change.action) {
    case 'apply':
      return [change.namespace, ...refTexts(change), ...kustomizationTexts(change.kustomizations)];
    case 'edit':
      return kustomizationTexts(change.kustomizations);
    case 'suspend':
    case 'resume':
    case 'remove':
      return [];
  }
}

function refTexts(configuration: Configuration): string[] {
  const { kind, block } = sourceOf(configuration);
  const ref = kind === 'GitRepository' || kind === 'OCIRepository' ? block.repositoryRef : {};
  return Object.values(ref).filter((text) => text !== undefined);
}

type Templated = Pick<Partial<Kustomization>, 'path'> & {
  readonly postBuild?: { readonly substitute?: Readonly<Record<string, string>> | undefined } | null | undefined;
};

function kustomizationTexts(kustomizations: Readonly<Record<string, Templated | null>>): string[] {
  return Object.values(kustomizations).flatMap((kustomization) => [
    ...(kustomization?.path === undefined ? [] : [kustomization.path]),
    ...Object.values(kustomization?.postBuild?.substitute ?? {}),
  ]);
}
