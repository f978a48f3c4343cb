import type { Json } from './desired.ts';

/** One Flux object of a configuration as the agent reported it. */
export interface ObservedObject {
  readonly kind: string;
  readonly name: string;
  readonly complianceState: string | undefined;
  readonly ready:
    | { readonly status: string; readonly reason: string; readonly message: string; readonly since: number | undefined }
    | undefined;
}

/** The status part of a `fluxConfigurations` resource, read from raw JSON: absent stays absent (law 7). */
export interface ObservedConfiguration {
  readonly provisioningState: string | undefined;
  readonly complianceState: string | undefined;
  readonly errorMessage: string | undefined;
  readonly sourceSyncedCommitId: string | undefined;
  readonly statusUpdatedAt: number | undefined;
  readonly objects: readonly ObservedObject[];
}

export function observeConfiguration(resource: Json): ObservedConfiguration {
  const properties = object(resource.properties);
  return {
    provisioningState: text(properties.provisioningState),
    complianceState: text(properties.complianceState),
    errorMessage: text(properties.errorMessage),
    sourceSyncedCommitId: text(properties.sourceSyncedCommitId),
    statusUpdatedAt: time(properties.statusUpdatedAt),
    objects: list(properties.statuses).map((status) => observeObject(object(status))),
  };
}

function observeObject(status: Json): ObservedObject {
  const ready = list(status.statusConditions)
    .map(object)
    .find((condition) => condition.type === 'Ready');
  return {
    kind: text(status.kind) ?? 'object',
    name: text(status.name) ?? '?',
    complianceState: text(status.complianceState),
    ready: ready && {
      status: text(ready.status) ?? 'Unknown',
      reason: text(ready.reason) ?? '',
      message: text(ready.message) ?? '',
      since: time(ready.lastTransitionTime),
    },
  };
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function time(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Server time of the last write to a resource (`systemData`); ours is only second best, since clocks differ. */
export function lastModifiedAt(resource: Json): number | undefined {
  return time(object(resource.systemData).lastModifiedAt);
}
