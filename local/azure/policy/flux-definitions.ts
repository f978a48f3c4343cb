import type { PolicyDefinition, PolicyParameter, PolicyParameters } from './definition.ts';

/** The eight built-in Flux definitions: facts of Azure/azure-policy as of 2026-04-29 (azure.md 4.1, 4.2). */
export const FLUX_DEFINITIONS: readonly PolicyDefinition[] = [
  {
    name: 'f9175d5f-abc8-1dc3-bd3c-5d7476ada3d1',
    displayName: 'Configure installation of Flux extension on Kubernetes cluster',
    version: '1.0.0',
    parameters: {
      helmControllerEnabled: { type: 'Boolean', defaultValue: true },
      notificationControllerEnabled: { type: 'Boolean', defaultValue: true },
      imageAutomationController: { type: 'Boolean', defaultValue: false },
      imageReflectorController: { type: 'Boolean', defaultValue: false },
      releaseTrain: { type: 'String', allowedValues: ['Stable'], defaultValue: 'Stable' },
      autoUpgradeMinorVersion: { type: 'Boolean', defaultValue: true },
      version: { type: 'String', defaultValue: '' },
      ...effect(),
    },
    demand: { kind: 'extension' },
  },
  git('83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6', 'Flux v2 configuration using public Git repository', {}),
  git('9e980dca-f3e1-8da3-6717-ad37b1ca6b27', 'Flux v2 configuration using Git repository and SSH secrets', {
    parameters: { keyVaultSecretName: text(), keyVaultName: { type: 'String' }, repositorySshKnownHosts: text('') },
    equals: { 'gitRepository.sshKnownHosts': 'repositorySshKnownHosts' },
    secret: { setting: 'sshPrivateKey', nameParameter: 'keyVaultSecretName' },
    without: ['kustomizationRetryInterval'],
  }),
  git('bf1a31be-3b79-5ba8-c9e0-9a8c9ad9f749', 'Flux v2 configuration using Git repository and HTTPS secrets', {
    parameters: {
      repositoryHttpsUser: text(),
      httpsKeyKeyVaultSecretName: { type: 'String' },
      keyVaultName: { type: 'String' },
      repositoryHttpsCACert: text(''),
    },
    equals: {
      'gitRepository.httpsUser': 'repositoryHttpsUser',
      'gitRepository.httpsCAFile': 'repositoryHttpsCACert',
    },
    secret: { setting: 'httpsKey', nameParameter: 'httpsKeyKeyVaultSecretName' },
    without: ['repositoryTimeout', 'kustomizationRetryInterval'],
  }),
  git('2630c91f-8a20-8f43-14a2-2485b648e2a9', 'Flux v2 configuration using Git repository and HTTPS CA Certificate', {
    parameters: { repositoryHttpsCACert: text() },
    equals: { 'gitRepository.httpsCAFile': 'repositoryHttpsCACert' },
  }),
  git('b6c7fd52-4723-5f4d-a157-3d39bd16a1d7', 'Flux v2 configuration using Git repository and local secrets', {
    parameters: { repositoryLocalAuthRef: text() },
    equals: { 'gitRepository.localAuthRef': 'repositoryLocalAuthRef' },
  }),
  bucket('b8c1d6c1-6137-97c6-9c34-d4627e54ca26', 'specified Flux v2 Bucket source using local secrets', {
    parameters: { bucketLocalAuthRef: text() },
    equals: { 'bucket.localAuthRef': 'bucketLocalAuthRef' },
  }),
  bucket('5174c1db-ca42-e0d4-b320-4f1cf6a1fa93', 'Flux v2 configuration using Bucket source and secrets in KeyVault', {
    parameters: { bucketAccessKey: text(), keyVaultSecretName: text(), keyVaultName: { type: 'String' } },
    equals: { 'bucket.accessKey': 'bucketAccessKey' },
    secret: { setting: 'bucketSecretKey', nameParameter: 'keyVaultSecretName' },
  }),
];

/** In what a definition differs from the plainest one with the same kind of source. */
interface Variant {
  readonly parameters?: PolicyParameters;
  readonly equals?: Readonly<Record<string, string>>;
  readonly secret?: { readonly setting: string; readonly nameParameter: string };
  readonly without?: readonly string[];
}

function git(name: string, what: string, variant: Variant): PolicyDefinition {
  const parameters = {
    repositoryUrl: text(),
    repositoryTimeout: seconds(),
    repositorySyncInterval: seconds(),
    repositoryRefBranch: text(''),
    repositoryRefTag: text(''),
    repositoryRefSemver: text(''),
    repositoryRefCommit: text(''),
  };
  const equals = {
    'gitRepository.url': 'repositoryUrl',
    'gitRepository.timeoutInSeconds': 'repositoryTimeout',
    'gitRepository.syncIntervalInSeconds': 'repositorySyncInterval',
  };
  return configuration(name, what, 'gitRepository', parameters, equals, variant);
}

function bucket(name: string, what: string, variant: Variant): PolicyDefinition {
  const parameters = {
    bucketUrl: text(),
    bucketName: text(),
    bucketTimeout: seconds(),
    bucketSyncInterval: seconds(),
    bucketInsecure: { type: 'boolean', defaultValue: false },
  };
  const equals = {
    'bucket.url': 'bucketUrl',
    'bucket.timeoutInSeconds': 'bucketTimeout',
    'bucket.syncIntervalInSeconds': 'bucketSyncInterval',
    'bucket.insecure': 'bucketInsecure',
    'bucket.bucketName': 'bucketName',
  };
  return configuration(name, what, 'bucket', parameters, equals, variant);
}

function configuration(
  name: string,
  what: string,
  source: 'gitRepository' | 'bucket',
  sourceParameters: PolicyParameters,
  sourceEquals: Readonly<Record<string, string>>,
  { parameters, equals, secret, without = [] }: Variant,
): PolicyDefinition {
  const all = { ...placement(), ...sourceParameters, ...parameters, ...kustomization(), ...effect() };
  const compared = {
    scope: 'configurationScope',
    namespace: 'configurationNamespace',
    ...sourceEquals,
    ...equals,
  };
  return {
    name,
    displayName: `Configure Kubernetes clusters with ${what}`,
    version: '1.1.0',
    parameters: Object.fromEntries(Object.entries(all).filter(([key]) => !without.includes(key))),
    demand: {
      kind: 'configuration',
      source,
      equals: Object.fromEntries(Object.entries(compared).filter(([, parameter]) => !without.includes(parameter))),
      ...(secret === undefined ? {} : { secret }),
    },
  };
}

function placement(): PolicyParameters {
  return {
    configurationName: text(),
    configurationNamespace: text('default'),
    configurationScope: { type: 'string', allowedValues: ['cluster', 'namespace'], defaultValue: 'cluster' },
  };
}

function kustomization(): PolicyParameters {
  return {
    kustomizationName: text('kustomization-1'),
    kustomizationPath: text('./'),
    kustomizationTimeout: seconds(),
    kustomizationSyncInterval: seconds(),
    kustomizationRetryInterval: seconds(),
    kustomizationPrune: { type: 'boolean', defaultValue: false },
    kustomizationForce: { type: 'boolean', defaultValue: false },
  };
}

function effect(): PolicyParameters {
  const allowedValues = ['DeployIfNotExists', 'Disabled'];
  return { effect: { type: 'String', allowedValues, defaultValue: 'DeployIfNotExists' } };
}

function text(defaultValue?: string): PolicyParameter {
  return defaultValue === undefined ? { type: 'string' } : { type: 'string', defaultValue };
}

function seconds(): PolicyParameter {
  return { type: 'integer', defaultValue: 600 };
}
