import { formatDuration } from '../../contracts/duration.ts';
import type { Cluster } from '../../contracts/cluster.ts';
import {
  deployedObjects,
  type Condition,
  type DeployedObject,
  type ObjectFilter,
} from '../../core/flux/deployed-objects.ts';
import { propertiesOf, type Json } from '../../core/flux/json.ts';
import { isSuspended, observeConfiguration } from '../../core/flux/observed.ts';
import { listOf, numberOf, objectOf, textOf } from '../../core/flux/raw-json.ts';
import { secretNames, shownSource, sourceBlock } from '../../core/flux/shown-source.ts';
import { parseSyncedRevision } from '../../core/flux/synced-revision.ts';
import { isoTime } from './rollout-view.ts';

/**
 * A configuration that is on a cluster, as the API shows it: names as in a request, durations as Go durations, times in ISO 8601,
 * secrets as names alone. What Azure does not tell is absent.
 */
export function configurationView(name: string, resource: Json, filter: ObjectFilter = {}): object {
  const properties = propertiesOf(resource);
  const { scope, namespace, repositoryPublicKey } = properties;
  return {
    name,
    namespace: textOf(namespace),
    scope: textOf(scope),
    suspend: isSuspended(resource),
    sourceKind: textOf(properties.sourceKind),
    source: { ...shownSource(properties), ...durations(sourceBlock(properties), 'timeout', 'syncInterval') },
    secrets: secretNames(properties),
    kustomizations: Object.entries(objectOf(properties.kustomizations)).map(([key, value]) =>
      kustomizationView(key, objectOf(value)),
    ),
    ...statusView(resource, textOf(properties.sourceKind)),
    repositoryPublicKey: textOf(repositoryPublicKey),
    objects: deployedObjects(resource, filter).map(objectView),
  };
}

/** The cluster that configurations are on, as the inventory knows it. */
export function clusterView({ id, name, type, location, connectivity, offline, ...cluster }: Cluster): object {
  const { extension: state, extensionVersion: version } = cluster;
  return { id, name, type, location, connectivity, offline, extension: { state, version } };
}

function statusView(resource: Json, sourceKind: string | undefined): object {
  const observed = observeConfiguration(resource);
  const { sourceSyncedCommitId: raw, sourceUpdatedAt, statusUpdatedAt } = observed;
  return {
    provisioningState: observed.provisioningState,
    // Until the agent reports there is none; the portal and queries of Resource Graph read that as Pending.
    complianceState: observed.complianceState ?? 'Pending',
    errorMessage: observed.errorMessage,
    sourceSyncedRevision: raw === undefined ? undefined : parseSyncedRevision(raw, sourceKind),
    sourceUpdatedAt: timeView(sourceUpdatedAt),
    statusUpdatedAt: timeView(statusUpdatedAt),
  };
}

function kustomizationView(name: string, kustomization: Json): object {
  const { path, dependsOn, prune, force, wait, postBuild } = kustomization;
  return {
    name,
    path: textOf(path) ?? '',
    dependsOn: listOf(dependsOn),
    ...durations(kustomization, 'timeout', 'syncInterval', 'retryInterval'),
    prune: prune === true,
    force: force === true,
    // Resources written before the field existed have none; the service's default is true.
    wait: wait !== false,
    postBuild: postBuild ?? undefined,
  };
}

function objectView({ complianceState = 'Unknown', ready, conditions, ...object }: DeployedObject): object {
  return {
    ...object,
    complianceState,
    ready: ready && conditionView(ready),
    conditions: conditions?.map((condition) => ({ type: condition.type, ...conditionView(condition) })),
  };
}

function conditionView({ status, reason, message, since }: Condition): object {
  return { status, reason, message, since: timeView(since) };
}

/** `NAMEInSeconds` of raw JSON as `NAME`, a Go duration. */
function durations(json: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(
    names.flatMap((name) => {
      const seconds = numberOf(json[`${name}InSeconds`]);
      return seconds === undefined ? [] : [[name, formatDuration(seconds)]];
    }),
  );
}

function timeView(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : isoTime(ms);
}
