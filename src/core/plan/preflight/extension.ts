import { clusterKey } from '../../../contracts/cluster-id.ts';
import type { Cluster } from '../../../contracts/cluster.ts';
import { block, clusterOptions, isSteered, warn, type Check, type Context, type Found } from './context.ts';
import { isBefore, parseMinor } from './version.ts';

export const extensionChecks: readonly Check[] = [
  fluxV1,
  missing,
  failed,
  busy,
  outdated,
  upgradePath,
  kubeletIdentity,
  openShift,
];

/** Versions that the service supports: the newest minor and the two before it. */
const MINORS_SUPPORTED_BEHIND = 2;
/** Versions from `to` on are reached only from those from `from` on (release notes of 1.23.0); `by` is the way to take. */
const LEAP = { to: { major: 1, minor: 23 }, from: { major: 1, minor: 21 }, by: '1.22' };

/** Any Flux v1 configuration keeps the extension from being installed or used anew. */
function fluxV1(cluster: Cluster, { request, ensures }: Context): Found[] {
  if (!cluster.fluxV1 || request.change.fluxV1 === 'remove' || ensures === undefined) return [];
  const detail = `The cluster has Flux v1 configurations, beside which microsoft.flux is not installed. Set change.fluxV1: remove, or remove them yourself: az k8s-configuration list ${clusterOptions(cluster)}`;
  return [block('FluxV1Present', detail)];
}

/**
 * Only what exists can be edited, suspended or resumed, and without its agent nothing comes of it. A removal without the agent
 * takes the resource away and leaves what it applied.
 */
function missing({ id, extension }: Cluster, { request, ensures, removes, facts }: Context): Found[] {
  if (extension !== 'Missing' || ensures !== undefined) return [];
  const there = request.change.configurations.filter(
    ({ name }) => facts.present.get(name)?.has(clusterKey(id)) === true,
  );
  if (there.some(isSteered)) {
    const detail =
      'The cluster has no microsoft.flux extension, so that nobody would carry the change out. Add change.extension: {action: ensure}.';
    return [block('ExtensionMissing', detail)];
  }
  if (removes !== undefined || !there.some((change) => change.action === 'remove' && !change.force)) return [];
  const detail =
    'The cluster has no microsoft.flux extension that would remove what the configuration applied; the removal may wait for it in vain. Set force: true on the removal to delete the resource alone.';
  return [warn('ExtensionMissing', detail)];
}

function failed({ extension }: Cluster, { ensures, steers }: Context): Found[] {
  if (extension !== 'Failed' || (ensures === undefined && !steers)) return [];
  if (ensures !== undefined && ensures.repair !== 'none') return [];
  const detail =
    'The microsoft.flux extension of the cluster failed. Set change.extension: {action: ensure, repair: rewrite} to install over it, or repair: recreate to remove it first.';
  return [block('ExtensionFailed', detail)];
}

function busy({ extension }: Cluster, { ensures, steers, removes }: Context): Found[] {
  if (extension !== 'Busy' || (ensures === undefined && !steers && removes === undefined)) return [];
  const detail =
    'The microsoft.flux extension of the cluster is being installed, updated or removed right now; the change has to wait for the end of that.';
  return [warn('ExtensionBusy', detail)];
}

/** What the cluster will run is judged: the pinned version where the plan pins one, else the one that it runs. */
function outdated(cluster: Cluster, { ensures, removes, facts }: Context): Found[] {
  const version = ensures?.version ?? cluster.extensionVersion;
  const minor = parseMinor(version);
  if (removes !== undefined || minor === undefined) return [];
  const { major, minor: newest } = facts.newestExtension;
  const oldest = { major, minor: Math.max(0, newest - MINORS_SUPPORTED_BEHIND) };
  if (!isBefore(minor, oldest)) return [];
  const subject =
    ensures?.version === undefined
      ? 'The microsoft.flux extension of the cluster is'
      : 'The plan pins microsoft.flux to';
  const detail = `${subject} ${version ?? ''}; Azure supports ${oldest.major}.${oldest.minor} and later (newest: ${major}.${newest}). Roll a newer version out with change.extension.version.`;
  return [warn('ExtensionOutdated', detail)];
}

/** 1.23 removed the old Flux APIs; the versions before it move the objects in the cluster over to the new ones. */
function upgradePath({ extensionVersion }: Cluster, { ensures }: Context): Found[] {
  const present = parseMinor(extensionVersion);
  const wanted = parseMinor(ensures?.version);
  if (present === undefined || wanted === undefined) return [];
  if (!isBefore(present, LEAP.from) || isBefore(wanted, LEAP.to)) return [];
  const detail = `The cluster runs microsoft.flux ${extensionVersion ?? ''}, from which ${ensures?.version ?? ''} cannot be reached at once. Roll out a ${LEAP.by} version first (1.21 will do as well), and move manifests off the v1beta and v2beta APIs of Flux, which 1.23 removed.`;
  return [block('UpgradePathTooLong', detail)];
}

function kubeletIdentity({ type }: Cluster, { ensures }: Context): Found[] {
  if (type === 'managedClusters' || ensures?.configurationSettings.useKubeletIdentity !== 'true') return [];
  const detail =
    'useKubeletIdentity works on AKS only; this cluster has no kubelet identity of Azure. Take the setting out, or select managedClusters only.';
  return [block('UseKubeletIdentityNotOnArc', detail)];
}

/** Where the extension is installed unless the plan says otherwise (service default). */
const DEFAULT_NAMESPACE = 'flux-system';
/** The controllers run as non-root users that OpenShift's default constraints refuse. */
const CONTROLLERS = [
  'kustomize-controller',
  'helm-controller',
  'source-controller',
  'notification-controller',
  'image-automation-controller',
  'image-reflector-controller',
];

function openShift({ distribution, extension }: Cluster, { ensures }: Context): Found[] {
  if (distribution?.toLowerCase() !== 'openshift' || ensures === undefined) return [];
  if (extension !== 'Missing' && extension !== 'Failed') return [];
  const commands = CONTROLLERS.map(
    (name) =>
      `oc adm policy add-scc-to-user nonroot system:serviceaccount:${ensures.releaseNamespace ?? DEFAULT_NAMESPACE}:${name}`,
  );
  const detail = `OpenShift does not start the controllers of Flux without the nonroot constraint. Before the rollout, run on the cluster:\n${commands.join('\n')}`;
  return [warn('OpenShiftNeedsScc', detail)];
}
