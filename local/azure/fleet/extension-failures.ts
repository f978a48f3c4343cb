import type { ErrorDetail } from '../http/errors.ts';
import { fluxExtension, type Cluster, type Extension } from './cluster.ts';
import type { Fleet } from './fleet.ts';
import { FLUX_VERSIONS, RELEASE_TRAINS } from './extension-versions.ts';
import { REGIONS } from './regions.ts';

/**
 * Why an installation or update cannot succeed on this cluster: the innermost of the nested errors of the operation.
 *
 * @returns undefined when it can
 */
export function installationFailure(fleet: Fleet, cluster: Cluster, extension: Extension): ErrorDetail | undefined {
  if (cluster.failure === 'ExtensionFailed' || cluster.failure === 'ExtensionStuck') return failed(HELM_TIMEOUT);
  if (cluster.identityType === undefined) return failed(NO_MANAGED_IDENTITY);
  if (extension.spec.extensionType !== 'microsoft.flux') return undefined;
  if (cluster.sourceControlConfigurations.size > 0) {
    return failed('Flux v1 configurations exist on the cluster; remove them before microsoft.flux is installed.');
  }
  if (fluxExtension(cluster) !== extension) {
    return failed('Only one instance of the extension type microsoft.flux is supported.');
  }
  return regionFailure(fleet, cluster) ?? versionFailure(extension);
}

const HELM_TIMEOUT =
  'Error: {failed to install chart from path [] for release [flux]: err [release flux failed, and has been uninstalled due to atomic being set: timed out waiting for the condition]} occurred while doing the operation : {Installing the extension} on the config';

/** Seen on AKS clusters that run as a service principal (fluxcd/flux2 issue 4462). */
const NO_MANAGED_IDENTITY =
  'The extension operation failed with the following error: Extensions are only supported on clusters using Managed Service Identity.';

function failed(message: string): ErrorDetail {
  return { code: 'ExtensionOperationFailed', message };
}

/** The code is the one of MicrosoftDocs/azure-docs issue 119687. */
function regionFailure({ regionsWithoutFlux }: Fleet, { location }: Cluster): ErrorDetail | undefined {
  if (!regionsWithoutFlux.has(location)) return undefined;
  const offered = REGIONS.map(({ name }) => name).filter((name) => !regionsWithoutFlux.has(name));
  return {
    code: 'ExtensionTypeRegistrationGetFailed',
    message: `Extension type microsoft.flux is not registered in region ${location}. It is available in ${offered.join(', ')}.`,
  };
}

function versionFailure({ spec }: Extension): ErrorDetail | undefined {
  const { releaseTrain, version } = spec;
  const train = releaseTrain.toLowerCase();
  const isKnown = version === null || FLUX_VERSIONS.some((known) => known === version);
  if (isKnown && RELEASE_TRAINS.some((known) => known === train)) return undefined;
  const asked = version === null ? '' : ` for version '${version}'`;
  return failed(
    `Failed to resolve the extension version from the given values. The extension type does not support release train '${train}'${asked}.`,
  );
}
