import type { EnsureExtension } from '../../contracts/flux/extension.ts';
import type { FieldDifference } from './diff.ts';
import { defined, isJson, propertiesOf, type Json } from './json.ts';
import { extensionSecretFields, withEmptySecrets } from './secrets.ts';

/** Name under which Flotilla installs the extension: the one that the CLI and the built-in policies use. */
export const EXTENSION_NAME = 'flux';

const RELEASE_NAMESPACE = 'flux-system';
/** What the service takes for an absent release train (extensions REST specification). */
const RELEASE_TRAIN = 'Stable';

/**
 * The `microsoft.flux` extension of a PUT. A managed identity is sent for every type but AKS, which refuses it (reference:
 * `az k8s-extension`). Secrets stand as empty texts: `withSecrets` puts them in.
 */
export function desiredExtension(extension: EnsureExtension, clusterType: string): Json {
  const { version, autoUpgradeMinorVersion, releaseNamespace = RELEASE_NAMESPACE } = extension;
  const body = {
    ...(clusterType !== 'managedClusters' && { identity: { type: 'SystemAssigned' } }),
    properties: {
      extensionType: 'microsoft.flux',
      autoUpgradeMinorVersion: autoUpgradeMinorVersion ?? version === undefined,
      scope: { cluster: { releaseNamespace } },
      ...namedFields(extension),
    },
  };
  return withEmptySecrets(body, extensionSecretFields(extension));
}

/** The PATCH that makes an installed extension what the plan names of it. Secrets stand as empty texts. */
export function extensionPatch(extension: EnsureExtension): Json {
  const autoUpgradeMinorVersion = wantedUpgrade(extension);
  const body = { properties: defined({ ...namedFields(extension), autoUpgradeMinorVersion }) };
  return withEmptySecrets(body, extensionSecretFields(extension));
}

/** A version alone pins it: the service refuses a version beside automatic upgrades. */
function wantedUpgrade({ version, autoUpgradeMinorVersion }: EnsureExtension): boolean | undefined {
  return autoUpgradeMinorVersion ?? (version === undefined ? undefined : false);
}

function namedFields(extension: EnsureExtension): Json {
  const { version, autoUpgradeMinorVersion, releaseTrain, configurationSettings, configurationProtectedSettings } =
    extension;
  return defined({
    // Upgrades have to be let go of their pin: a version that stays would be refused.
    version: version ?? (autoUpgradeMinorVersion === true ? null : undefined),
    releaseTrain,
    configurationSettings: Object.keys(configurationSettings).length > 0 ? configurationSettings : undefined,
    configurationProtectedSettings: configurationProtectedSettings && {},
  });
}

/** In what an installed extension is not as the plan names it; what the plan does not name makes no difference. */
export function diffExtension(extension: EnsureExtension, present: Json): FieldDifference[] {
  const { version, releaseTrain, releaseNamespace, configurationSettings } = extension;
  const have = propertiesOf(present);
  const settings = isJson(have.configurationSettings) ? have.configurationSettings : {};
  const compared: FieldDifference[] = [
    { path: 'version', desired: version, actual: have.version ?? have.currentVersion ?? undefined },
    {
      path: 'autoUpgradeMinorVersion',
      desired: wantedUpgrade(extension),
      actual: have.autoUpgradeMinorVersion ?? true,
    },
    { path: 'releaseTrain', desired: releaseTrain, actual: have.releaseTrain ?? RELEASE_TRAIN },
    { path: 'scope.cluster.releaseNamespace', desired: releaseNamespace, actual: presentNamespace(have) },
    ...Object.entries(configurationSettings).map(([name, desired]) => ({
      path: `configurationSettings.${name}`,
      desired,
      actual: settings[name] ?? undefined,
    })),
  ];
  return compared.filter(({ path, desired, actual }) => desired !== undefined && !isSame(path, desired, actual));
}

function isSame(path: string, desired: unknown, actual: unknown): boolean {
  if (path !== 'releaseTrain') return desired === actual;
  return typeof desired === 'string' && typeof actual === 'string' && desired.toLowerCase() === actual.toLowerCase();
}

function presentNamespace({ scope }: Json): unknown {
  const cluster = isJson(scope) && isJson(scope.cluster) ? scope.cluster : {};
  return cluster.releaseNamespace ?? RELEASE_NAMESPACE;
}

/**
 * Names of protected settings that the extension has and a plan that names protected settings does not: Azure replaces them as
 * a whole, so they would be lost. Sorted.
 */
export function missingProtectedSettings({ configurationProtectedSettings }: EnsureExtension, present: Json): string[] {
  const { configurationProtectedSettings: there } = propertiesOf(present);
  if (configurationProtectedSettings === undefined || !isJson(there)) return [];
  return Object.keys(there)
    .filter((name) => !(name in configurationProtectedSettings))
    .sort();
}
