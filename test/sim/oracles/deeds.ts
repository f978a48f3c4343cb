import type { AzureWorld } from '../../../src/adapters/memory/azure-world.ts';
import type { WorldCluster, WorldConfiguration } from '../../../src/adapters/memory/azure-cluster.ts';
import { child, pinnedCommit } from '../../../src/adapters/memory/azure-cluster.ts';
import type { ConfigurationChange, EditConfiguration } from '../../../src/contracts/flux/change.ts';
import type { Configuration } from '../../../src/contracts/flux/configuration.ts';
import { EnsureExtension } from '../../../src/contracts/flux/extension.ts';
import type { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { EXTENSION_SUBJECT, FLUX_V1_SUBJECT } from '../../../src/core/change/actions.ts';
import type { ArmJson } from '../../../src/ports/arm.ts';
import type { ArmWrite } from '../world/facts.ts';
import { SECRETS } from '../world/secrets.ts';

/**
 * One step of a change as the product describes it, worked out from the request alone: what the engine makes of a request is
 * held against this.
 */
export type Deed =
  | { readonly kind: 'removeFluxV1'; readonly subject: string }
  | { readonly kind: 'ensure'; readonly subject: string; readonly extension: EnsureExtension }
  | { readonly kind: 'removeExtension'; readonly subject: string }
  | { readonly kind: 'configuration'; readonly subject: string; readonly change: ConfigurationChange };

const PLAIN = EnsureExtension.parse({});

/** First Flux v1, then the extension, then the configurations as they are listed; the removal of the extension comes last. */
export function deedsOf({ change }: RolloutRequest): Deed[] {
  const { fluxV1, extension, configurations } = change;
  const deeds: Deed[] = [];
  if (fluxV1 === 'remove') deeds.push({ kind: 'removeFluxV1', subject: FLUX_V1_SUBJECT });
  if (extension?.action === 'ensure') deeds.push({ kind: 'ensure', subject: EXTENSION_SUBJECT, extension });
  else if (configurations.some(({ action }) => action === 'apply')) {
    deeds.push({ kind: 'ensure', subject: EXTENSION_SUBJECT, extension: PLAIN });
  }
  for (const one of configurations) deeds.push({ kind: 'configuration', subject: one.name, change: one });
  if (extension?.action === 'remove') deeds.push({ kind: 'removeExtension', subject: EXTENSION_SUBJECT });
  return deeds;
}

/** True when nothing is wished of the extension but that it is there: nobody takes a lease for that. */
export function isPlain(deed: Deed): boolean {
  if (deed.kind !== 'ensure') return false;
  const { configurationSettings, ...rest } = deed.extension;
  return JSON.stringify({ ...rest, configurationSettings }) === JSON.stringify({ ...rest, ...PLAIN });
}

/** The step that a write belongs to; a deletion of the extension may also be the first half of a repair. */
export function deedOf(deeds: readonly Deed[], write: ArmWrite): number {
  return deeds.findIndex(({ subject }) => subject === write.subject);
}

/** True when the world is as a step wants it, and the agent has said so of what is there now. */
export function holds(azure: AzureWorld, deed: Deed, cluster: WorldCluster | undefined): boolean {
  if (cluster === undefined) return false;
  switch (deed.kind) {
    case 'removeFluxV1':
      return cluster.fluxV1.size === 0;
    case 'removeExtension':
      return cluster.extension === undefined;
    case 'ensure':
      return hasExtension(cluster, deed.extension);
    case 'configuration':
      return hasConfiguration(azure, cluster, deed.change);
  }
}

function hasExtension({ extension }: WorldCluster, wanted: EnsureExtension): boolean {
  if (extension?.provisioningState !== 'Succeeded') return false;
  const { version, releaseTrain, autoUpgradeMinorVersion, configurationSettings } = wanted;
  const { properties } = extension;
  const settings = child(properties, 'configurationSettings');
  return (
    (version === undefined || properties['version'] === version) &&
    (releaseTrain === undefined || properties['releaseTrain'] === releaseTrain) &&
    (autoUpgradeMinorVersion === undefined || properties['autoUpgradeMinorVersion'] === autoUpgradeMinorVersion) &&
    Object.entries(configurationSettings).every(([name, value]) => settings[name] === value) &&
    hasSecrets(properties, wanted.configurationProtectedSettings, (value) => value)
  );
}

function hasConfiguration(azure: AzureWorld, cluster: WorldCluster, change: ConfigurationChange): boolean {
  const found = cluster.configurations.get(change.name);
  const isReported = (one: WorldConfiguration, suspended: boolean): boolean => saysSo(azure, cluster, one, suspended);
  switch (change.action) {
    case 'remove':
      return found === undefined;
    case 'apply':
      return found !== undefined && isReported(found, change.suspend) && isApplied(found, change);
    case 'edit':
      return found !== undefined && isReported(found, found.properties['suspend'] === true) && isEdited(found, change);
    case 'suspend':
    case 'resume': {
      const suspend = change.action === 'suspend';
      return found !== undefined && (found.properties['suspend'] === true) === suspend && isReported(found, suspend);
    }
  }
}

/** The agent has reported that it stands still, or that all is well with what is there now. */
function saysSo(azure: AzureWorld, { id }: WorldCluster, found: WorldConfiguration, suspended: boolean): boolean {
  const { report, generation, properties, provisioningState, name } = found;
  if (report === undefined || provisioningState !== 'Succeeded') return false;
  if (suspended) return report.suspended;
  if (!report.compliant || report.suspended) return false;
  if (report.generation === generation) return true;
  // The same body that was sent once more is another generation of the same thing.
  const reported = azure
    .momentsSince(id, 0)
    .map((moment) => moment?.configurations.get(name))
    .findLast((one) => one?.generation === report.generation);
  return reported !== undefined && JSON.stringify(reported.properties) === JSON.stringify(properties);
}

function isApplied({ properties, report }: WorldConfiguration, wanted: Configuration): boolean {
  const { namespace, scope, suspend, gitRepository, kustomizations } = wanted;
  const commit = gitRepository?.repositoryRef.commit;
  const onCommit = commit === undefined || suspend || (report?.commit ?? '').includes(commit);
  const names = Object.keys(child(properties, 'kustomizations')).sort();
  return (
    onCommit &&
    pinnedCommit(properties).commit === commit &&
    child(properties, 'gitRepository')['url'] === gitRepository?.url &&
    properties['namespace'] === namespace &&
    properties['scope'] === scope &&
    (properties['suspend'] === true) === suspend &&
    names.join() === Object.keys(kustomizations).sort().join() &&
    Object.entries(kustomizations).every(([name, { path }]) => pathOf(properties, name) === path) &&
    hasSecrets(properties, wanted.configurationProtectedSettings, base64)
  );
}

function isEdited({ properties }: WorldConfiguration, { kustomizations }: EditConfiguration): boolean {
  const there = child(properties, 'kustomizations');
  return Object.entries(kustomizations).every(([name, edit]) => {
    if (edit === null) return !(name in there);
    const { path, prune } = edit;
    const found = child(there, name);
    return (path === undefined || found['path'] === path) && (prune === undefined || found['prune'] === prune);
  });
}

function pathOf(properties: ArmJson, kustomization: string): unknown {
  return child(child(properties, 'kustomizations'), kustomization)['path'];
}

function hasSecrets(
  properties: ArmJson,
  wanted: Readonly<Record<string, string | undefined>> | undefined,
  encode: (value: string) => string,
): boolean {
  if (wanted === undefined) return true;
  const there = child(properties, 'configurationProtectedSettings');
  const asked = Object.entries(wanted).filter(([, reference]) => reference !== undefined);
  return asked.every(([name, reference]) => there[name] === encode(SECRETS[reference ?? ''] ?? ''));
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}
