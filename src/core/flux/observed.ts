import { deployedObjects, type DeployedObject } from './deployed-objects.ts';
import { propertiesOf, type Json } from './json.ts';
import { objectOf, textOf, timeOf } from './raw-json.ts';

/** What judging health needs of one Flux object. */
export type ObservedObject = Pick<DeployedObject, 'kind' | 'name' | 'complianceState'> & {
  readonly ready:
    | { readonly status: string; readonly reason: string; readonly message: string; readonly since: number | undefined }
    | undefined;
};

/** The status part of a `fluxConfigurations` resource, read from raw JSON: absent stays absent (law 7). Times are milliseconds since the epoch. */
export interface ObservedConfiguration {
  readonly provisioningState: string | undefined;
  readonly complianceState: string | undefined;
  readonly errorMessage: string | undefined;
  readonly sourceSyncedCommitId: string | undefined;
  readonly sourceUpdatedAt: number | undefined;
  readonly statusUpdatedAt: number | undefined;
  readonly objects: readonly ObservedObject[];
}

export function observeConfiguration(resource: Json): ObservedConfiguration {
  const properties = propertiesOf(resource);
  return {
    provisioningState: textOf(properties.provisioningState),
    complianceState: textOf(properties.complianceState),
    errorMessage: textOf(properties.errorMessage),
    sourceSyncedCommitId: textOf(properties.sourceSyncedCommitId),
    sourceUpdatedAt: timeOf(properties.sourceUpdatedAt),
    statusUpdatedAt: timeOf(properties.statusUpdatedAt),
    objects: deployedObjects(resource),
  };
}

/** Server time of the last write to a resource (`systemData`); ours is only second best, since clocks differ. */
export function lastModifiedAt(resource: Json): number | undefined {
  return timeOf(objectOf(resource.systemData).lastModifiedAt);
}

/** True for a configuration that is not to reconcile. */
export function isSuspended(resource: Json): boolean {
  return propertiesOf(resource).suspend === true;
}

/** Who last wrote a resource, and when, as ARM says. */
export function modificationOf(resource: Json): { readonly modifiedBy?: string; readonly modifiedAt?: number } {
  const by = textOf(objectOf(resource.systemData).lastModifiedBy);
  const at = lastModifiedAt(resource);
  return { ...(by !== undefined && { modifiedBy: by }), ...(at !== undefined && { modifiedAt: at }) };
}
