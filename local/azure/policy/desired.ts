import { CONNECTED } from '../ids.ts';
import type { Cluster } from '../fleet/cluster.ts';
import type { JsonObject } from '../json.ts';
import type { Member } from './assignment.ts';

/** A resource that a deployment of a definition puts on a cluster. */
export interface DesiredResource {
  readonly kind: 'extensions' | 'fluxConfigurations';
  readonly name: string;
  readonly body: JsonObject;
}

/** The api-version of all the templates. */
export const TEMPLATE_VERSION = '2022-03-01';

/** The resource of a definition's template on a cluster; undefined when the definition deploys nothing. */
export function desiredResource({ definition, parameters }: Member, cluster: Cluster): DesiredResource | undefined {
  const { demand } = definition;
  const value = (name: string): unknown => parameters[name];
  switch (demand.kind) {
    case 'extension':
      return { kind: 'extensions', name: 'flux', body: extensionBody(value, cluster) };
    case 'configuration': {
      const isGit = demand.source === 'gitRepository';
      const properties = {
        scope: value('configurationScope'),
        namespace: value('configurationNamespace'),
        sourceKind: isGit ? 'GitRepository' : 'Bucket',
        ...(isGit ? { gitRepository: gitRepository(value) } : { bucket: bucket(value) }),
        kustomizations: { [textOf(value('kustomizationName'))]: kustomization(value) },
        suspend: false,
        ...(demand.secret === undefined ? {} : { configurationProtectedSettings: secretOf(demand.secret, value) }),
      };
      return { kind: 'fluxConfigurations', name: textOf(value('configurationName')), body: { properties } };
    }
    case 'privateCluster':
      return undefined;
  }
}

type Value = (parameter: string) => unknown;

function gitRepository(value: Value): JsonObject {
  return {
    url: value('repositoryUrl'),
    // The variant with HTTPS secrets has no parameter for it (azure.md 4.1).
    timeoutInSeconds: value('repositoryTimeout') ?? 600,
    syncIntervalInSeconds: value('repositorySyncInterval'),
    repositoryRef: {
      branch: given(value('repositoryRefBranch')),
      tag: given(value('repositoryRefTag')),
      semver: given(value('repositoryRefSemver')),
      commit: given(value('repositoryRefCommit')),
    },
    sshKnownHosts: given(value('repositorySshKnownHosts')),
    httpsUser: given(value('repositoryHttpsUser')),
    httpsCACert: given(value('repositoryHttpsCACert')),
    localAuthRef: given(value('repositoryLocalAuthRef')),
  };
}

function bucket(value: Value): JsonObject {
  return {
    url: value('bucketUrl'),
    bucketName: value('bucketName'),
    timeoutInSeconds: value('bucketTimeout'),
    syncIntervalInSeconds: value('bucketSyncInterval'),
    insecure: value('bucketInsecure'),
    accessKey: given(value('bucketAccessKey')),
    localAuthRef: given(value('bucketLocalAuthRef')),
  };
}

function kustomization(value: Value): JsonObject {
  return {
    path: value('kustomizationPath'),
    timeoutInSeconds: value('kustomizationTimeout'),
    syncIntervalInSeconds: value('kustomizationSyncInterval'),
    // The variants without a parameter for it take the sync interval.
    retryIntervalInSeconds: value('kustomizationRetryInterval') ?? value('kustomizationSyncInterval'),
    prune: value('kustomizationPrune'),
    force: value('kustomizationForce'),
  };
}

/** Key vaults are not simulated: the secret `name` of the vault `vault` has the value `vault/name`. */
function secretOf({ setting, nameParameter }: { setting: string; nameParameter: string }, value: Value): JsonObject {
  const secret = `${textOf(value('keyVaultName'))}/${textOf(value(nameParameter))}`;
  return { [setting]: Buffer.from(secret).toString('base64') };
}

/** Only Arc gets an identity along: AKS refuses one (azure.md 3.6). */
function extensionBody(value: Value, cluster: Cluster): JsonObject {
  const isAuto = value('autoUpgradeMinorVersion') === true;
  return {
    ...(cluster.type === CONNECTED ? { identity: { type: 'SystemAssigned' } } : {}),
    properties: {
      extensionType: 'microsoft.flux',
      releaseTrain: value('releaseTrain'),
      autoUpgradeMinorVersion: isAuto,
      version: isAuto ? null : given(value('version')),
      configurationSettings: {
        'helm-controller.enabled': textOf(value('helmControllerEnabled')),
        'notification-controller.enabled': textOf(value('notificationControllerEnabled')),
        'image-automation-controller.enabled': textOf(value('imageAutomationController')),
        'image-reflector-controller.enabled': textOf(value('imageReflectorController')),
      },
    },
  };
}

function given(value: unknown): unknown {
  return value === '' ? null : value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
