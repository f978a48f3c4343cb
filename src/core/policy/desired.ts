import type { Json } from '../flux/json.ts';
import { fluxDefinition, type FluxDefinition } from './flux-definitions.ts';
import { readParameters, type ParameterReader } from './read-parameters.ts';

const EFFECTS = ['DeployIfNotExists', 'AuditIfNotExists', 'Disabled'] as const;
/** What an assignment does where its existence condition is not met. */
export type PolicyEffect = (typeof EFFECTS)[number];

/**
 * What an assignment would deploy on a cluster. `properties` are those of the raw REST resource as the template sends them: null
 * where it leaves something out, an empty text in the place of a secret, as Azure shows it.
 */
export type PolicyDesired =
  | {
      readonly kind: 'configuration';
      readonly effect: PolicyEffect;
      readonly name: string;
      readonly properties: Json;
    }
  | { readonly kind: 'extension'; readonly effect: PolicyEffect; readonly name: string; readonly properties: Json }
  /** Its parameters do not tell, such as an expression of an initiative that only Azure can evaluate. */
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Name under which the built-in definition installs the extension. */
const EXTENSION_NAME = 'flux';

/**
 * What one of the built-in Flux definitions deploys with effective parameters (`effectiveParameters`); undefined for any other
 * definition. Templates: Azure/azure-policy, compared field by field in the tests.
 */
export function policyDesired(definitionId: string, parameters: Json): PolicyDesired | undefined {
  const definition = fluxDefinition(definitionId);
  if (definition === undefined) return undefined;
  const read = readParameters(parameters);
  const text = read.text('effect');
  const effect = EFFECTS.find((known) => known.toLowerCase() === text.toLowerCase());
  const desired = definition.kind === 'extension' ? extension(read) : configuration(definition, read);
  const [problem] = read.problems;
  if (problem !== undefined) return { kind: 'unreadable', problem };
  if (effect === undefined) return { kind: 'unreadable', problem: `effect '${text}' is none that deploys or audits` };
  return { ...desired, effect };
}

function extension(read: ParameterReader): { kind: 'extension'; name: string; properties: Json } {
  const autoUpgradeMinorVersion = read.flag('autoUpgradeMinorVersion');
  const version = read.optionalText('version');
  const properties = {
    extensionType: 'microsoft.flux',
    releaseTrain: read.text('releaseTrain'),
    autoUpgradeMinorVersion,
    version: autoUpgradeMinorVersion ? null : version,
    configurationSettings: {
      'helm-controller.enabled': read.flag('helmControllerEnabled'),
      'notification-controller.enabled': read.flag('notificationControllerEnabled'),
      'image-automation-controller.enabled': read.flag('imageAutomationController'),
      'image-reflector-controller.enabled': read.flag('imageReflectorController'),
    },
  };
  return { kind: 'extension', name: EXTENSION_NAME, properties };
}

type SourceDefinition = Exclude<FluxDefinition, { readonly kind: 'extension' }>;

function configuration(
  definition: SourceDefinition,
  read: ParameterReader,
): { kind: 'configuration'; name: string; properties: Json } {
  const { kind, fields, secret } = definition;
  const own = Object.entries(fields).map(([field, parameter]) => [field, read.optionalText(parameter)] as const);
  const properties = {
    scope: read.text('configurationScope'),
    namespace: read.text('configurationNamespace'),
    ...(kind === 'git'
      ? { sourceKind: 'GitRepository', gitRepository: { ...git(definition, read), ...Object.fromEntries(own) } }
      : { sourceKind: 'Bucket', bucket: { ...bucket(read), ...Object.fromEntries(own) } }),
    ...(secret !== undefined && { configurationProtectedSettings: { [secret]: '' } }),
    kustomizations: { [read.text('kustomizationName')]: kustomization(definition, read) },
    suspend: false,
  };
  return { kind: 'configuration', name: read.text('configurationName'), properties };
}

function git({ fixedTimeoutSeconds }: SourceDefinition, read: ParameterReader): Json {
  return {
    url: read.text('repositoryUrl'),
    timeoutInSeconds: fixedTimeoutSeconds ?? read.number('repositoryTimeout'),
    syncIntervalInSeconds: read.number('repositorySyncInterval'),
    repositoryRef: {
      branch: read.optionalText('repositoryRefBranch'),
      tag: read.optionalText('repositoryRefTag'),
      semver: read.optionalText('repositoryRefSemver'),
      commit: read.optionalText('repositoryRefCommit'),
    },
  };
}

function bucket(read: ParameterReader): Json {
  return {
    url: read.text('bucketUrl'),
    bucketName: read.text('bucketName'),
    timeoutInSeconds: read.number('bucketTimeout'),
    syncIntervalInSeconds: read.number('bucketSyncInterval'),
    insecure: read.flag('bucketInsecure'),
  };
}

function kustomization({ retriesLikeSync = false }: SourceDefinition, read: ParameterReader): Json {
  return {
    path: read.optionalText('kustomizationPath') ?? '',
    timeoutInSeconds: read.number('kustomizationTimeout'),
    syncIntervalInSeconds: read.number('kustomizationSyncInterval'),
    retryIntervalInSeconds: read.number(retriesLikeSync ? 'kustomizationSyncInterval' : 'kustomizationRetryInterval'),
    prune: read.flag('kustomizationPrune'),
    force: read.flag('kustomizationForce'),
  };
}
