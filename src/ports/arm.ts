/** Raw ARM JSON: drift and evidence are computed on it, never on SDK objects (law 7). */
export type ArmJson = Readonly<Record<string, unknown>>;

/** Why a call to ARM did not do what was asked. */
export type ArmFault =
  /** 429: nothing was done; nobody may write to this subscription before. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** 409 and the like: another operation is running on the cluster; nothing was done, or it was our own earlier call. */
  | { readonly kind: 'conflict'; readonly code: string; readonly detail: string; readonly retryAfterMs?: number }
  /** 5xx or no connection: try again. For a write the outcome is unknown. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly detail: string; readonly retryAfterMs?: number }
  /** The request was given up at its deadline: a write may have happened or may still happen (law 12). */
  | { readonly kind: 'timedOut'; readonly detail: string }
  /** The cluster does not exist. */
  | { readonly kind: 'clusterNotFound'; readonly detail: string }
  /** Any other 4xx: trying again does not help. `code` is the innermost code of nested ARM errors. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

export type ArmResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: ArmFault };

/** An accepted write. */
export interface ArmAccepted {
  readonly resource: ArmJson;
  /** Where the long-running operation is polled (`Azure-AsyncOperation`); absent when it is finished. */
  readonly operationUrl?: string;
}

/** An accepted deletion; without an operation it is finished. */
export interface ArmDeleted {
  readonly operationUrl?: string;
}

/** A resource as found. `name` is its own name, `resource` the raw body. */
export interface ArmFound {
  readonly name: string;
  readonly resource: ArmJson;
}

/** Whether one resource provider may be used in one subscription, and where. */
export interface ProviderRegistration {
  /** `Registered`, `Registering`, `NotRegistered`, `Unregistered` … */
  readonly state: string;
  /** Normalised locations (`westeurope`) by resource type in lower case; an empty list names no limit. */
  readonly locations: Readonly<Record<string, readonly string[]>>;
}

/** Azure Resource Manager: the calls that one cluster needs. Never retries by itself, never waits for an operation. */
export interface Arm {
  /** The configuration's raw body; undefined when the cluster has none of that name. One read. */
  getConfiguration(clusterId: string, name: string): Promise<ArmResult<ArmJson | undefined>>;
  /** Every configuration of the cluster, without the conditions of their objects (LIST leaves them out). One read per page. */
  listConfigurations(clusterId: string): Promise<ArmResult<readonly ArmFound[]>>;
  /** Creates or replaces the configuration; `body` is the raw resource (`{properties: …}`). One write. */
  putConfiguration(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>>;
  /** Merges `body` into the configuration (JSON merge patch); what it does not name, secrets above all, stays. One write. */
  patchConfiguration(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>>;
  /** Deletes the configuration; one that is gone counts as done. `force` leaves the agent, and what it applied, alone. One write. */
  deleteConfiguration(clusterId: string, name: string, force: boolean): Promise<ArmResult<ArmDeleted>>;
  /** The cluster's `microsoft.flux` extension, found by type, whatever its name. One read. */
  findFluxExtension(clusterId: string): Promise<ArmResult<ArmFound | undefined>>;
  /** Installs or updates an extension. One write. */
  putExtension(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>>;
  /** Merges plain settings; protected ones are replaced as a whole. One write. */
  patchExtension(clusterId: string, name: string, body: ArmJson): Promise<ArmResult<ArmAccepted>>;
  /** Deletes an extension, as `deleteConfiguration` does. One write. */
  deleteExtension(clusterId: string, name: string, force: boolean): Promise<ArmResult<ArmDeleted>>;
  /** The cluster's Flux v1 configurations (`sourceControlConfigurations`). One read. */
  listFluxV1(clusterId: string): Promise<ArmResult<readonly ArmFound[]>>;
  deleteFluxV1(clusterId: string, name: string): Promise<ArmResult<ArmDeleted>>;
  /** One read of the subscription. Unknown namespaces are `refused`. */
  getProvider(subscriptionId: string, namespace: string): Promise<ArmResult<ProviderRegistration>>;
}
