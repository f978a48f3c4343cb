import type { Cluster, Extension, FluxConfiguration } from '../fleet/cluster.ts';
import { isJsonObject } from '../json.ts';
import { configurationProperties, extensionProperties } from '../resources/views.ts';
import type { Member } from './assignment.ts';

const REFERENCES = { branch: 'Branch', tag: 'Tag', semver: 'Semver', commit: 'Commit' } as const;
/** The definitions name the property by another name than the resource has (azure.md 4.2). */
const ALIASES: Readonly<Record<string, string>> = { 'gitRepository.httpsCAFile': 'gitRepository.httpsCACert' };

/**
 * The existence condition of a definition: true when anything on the cluster fulfils it. It is as blind as in Azure: neither the
 * name of a configuration nor any kustomization is looked at, nor whether it is suspended or healthy (azure.md 4.2).
 */
export function isFulfilled({ definition, parameters }: Member, cluster: Cluster): boolean {
  const { demand } = definition;
  switch (demand.kind) {
    case 'extension':
      return [...cluster.extensions.values()].some((each) => isWantedExtension(each, parameters));
    case 'configuration':
      return [...cluster.configurations.values()].some((each) => isWantedConfiguration(each, demand, parameters));
    case 'privateCluster':
      return false;
  }
}

type Parameters = Member['parameters'];

function isWantedExtension(extension: Extension, parameters: Parameters): boolean {
  const properties = extensionProperties(extension);
  const isAuto = properties['autoUpgradeMinorVersion'] === true;
  return (
    isSame(properties['extensionType'], 'microsoft.flux') &&
    isSame(properties['provisioningState'], 'Succeeded') &&
    isSame(properties['releaseTrain'], parameters['releaseTrain']) &&
    isSame(isAuto, parameters['autoUpgradeMinorVersion']) &&
    (isAuto || isSame(properties['version'], parameters['version']))
  );
}

function isWantedConfiguration(
  configuration: FluxConfiguration,
  demand: Extract<Member['definition']['demand'], { kind: 'configuration' }>,
  parameters: Parameters,
): boolean {
  const properties = configurationProperties(configuration, 'list');
  const hasSource = isJsonObject(properties[demand.source]);
  const isEqual = Object.entries(demand.equals).every(([path, parameter]) =>
    isSame(at(properties, path), parameters[parameter]),
  );
  const isAtReference = demand.source === 'bucket' || hasSomeReference(properties, parameters);
  return hasSource && isEqual && isAtReference && properties['provisioningState'] !== 'Failed';
}

/** Any of the four is enough, whichever of them Flux goes by; one that is not given never matches. */
function hasSomeReference(properties: unknown, parameters: Parameters): boolean {
  return Object.entries(REFERENCES).some(([field, suffix]) => {
    const actual = at(properties, `gitRepository.repositoryRef.${field}`);
    return typeof actual === 'string' && actual !== '' && isSame(actual, parameters[`repositoryRef${suffix}`]);
  });
}

function at(value: unknown, path: string): unknown {
  let found: unknown = value;
  for (const key of (ALIASES[path] ?? path).split('.')) found = isJsonObject(found) ? found[key] : undefined;
  return found;
}

/** Policy compares without case, numbers and flags as texts; what is absent is like an empty text. */
function isSame(actual: unknown, wanted: unknown): boolean {
  return plain(actual) === plain(wanted);
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value ?? '').replace('""', '');
}
