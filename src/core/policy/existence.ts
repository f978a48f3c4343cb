import type { Json } from '../flux/json.ts';
import { objectOf } from '../flux/raw-json.ts';
import { comparable } from './comparable.ts';
import type { PolicyDesired } from './desired.ts';
import { fluxDefinition } from './flux-definitions.ts';

/**
 * Whether a resource meets the existence condition of a Flux definition, so that Policy calls its cluster compliant and leaves it
 * alone. The conditions compare less than the templates deploy: no name, no kustomization, no `suspend`, and of the four refs
 * only that one of them is as assigned (reference of the definitions).
 *
 * How Policy compares an absent field with an empty parameter is not published. Here they are equal, or nothing that the SSH
 * definition deploys would ever meet its own condition, except among the refs, where every configuration would meet it then.
 */
export function meetsExistence(definitionId: string, desired: PolicyDesired, properties: Json): boolean {
  const definition = fluxDefinition(definitionId);
  if (definition === undefined || desired.kind === 'unreadable') return false;
  if (desired.kind === 'extension') return extensionExists(desired.properties, properties);
  if (definition.kind === 'extension' || properties.provisioningState === 'Failed') return false;
  const name = definition.kind === 'git' ? 'gitRepository' : 'bucket';
  const [want, have] = [objectOf(desired.properties[name]), objectOf(properties[name])];
  const isCompared = (field: string): boolean =>
    field !== 'repositoryRef' && !(field === 'timeoutInSeconds' && definition.fixedTimeoutSeconds !== undefined);
  return (
    isSame(desired.properties.scope, properties.scope ?? 'cluster') &&
    isSame(desired.properties.namespace, properties.namespace ?? 'default') &&
    Object.keys(want).every((field) => !isCompared(field) || isSame(want[field], have[field])) &&
    (definition.kind === 'bucket' || hasRef(objectOf(want.repositoryRef), objectOf(have.repositoryRef)))
  );
}

function hasRef(want: Json, have: Json): boolean {
  return Object.entries(want).some(([field, value]) => value !== null && isSame(value, have[field]));
}

/** `version` is compared only where upgrades are off. A state that is not there yet counts as the one that is hoped for. */
function extensionExists(want: Json, have: Json): boolean {
  const { extensionType, releaseTrain, autoUpgradeMinorVersion, version } = want;
  return (
    isSame(extensionType, have.extensionType) &&
    isSame('Succeeded', have.provisioningState ?? 'Succeeded') &&
    isSame(releaseTrain, have.releaseTrain ?? 'Stable') &&
    isSame(autoUpgradeMinorVersion, have.autoUpgradeMinorVersion ?? true) &&
    (autoUpgradeMinorVersion === true || isSame(version, have.version))
  );
}

function isSame(left: unknown, right: unknown): boolean {
  return comparable(left) === comparable(right);
}
