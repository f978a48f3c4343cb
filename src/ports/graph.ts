import type { ExtensionState } from '../contracts/cluster-rows.ts';
import type { Cluster } from '../contracts/cluster.ts';
import type { ArmJson } from './arm.ts';

/** What Resource Graph shows of one configuration: a hint, since it lags (law 6). */
export interface ConfigurationStatus {
  readonly clusterId: string;
  readonly provisioningState: string | undefined;
  readonly complianceState: string | undefined;
  readonly sourceSyncedCommitId: string | undefined;
  readonly statusUpdatedAt: number | undefined;
  readonly errorMessage: string | undefined;
  /** Raw `properties`, only when the query asks for them. */
  readonly properties?: ArmJson;
}

/** Which configurations are looked at; conditions are joined by "and". */
export interface ConfigurationQuery {
  readonly name: string;
  readonly subscriptions: readonly string[];
  /** Only on these clusters. */
  readonly clusterIds?: readonly string[];
  /** Only those that the agent reported on since, or whose provisioning failed. */
  readonly reportedSince?: number;
  readonly withProperties?: boolean;
}

/** One configuration of any name, as a sweep sees it. */
export interface FoundConfiguration {
  readonly clusterId: string;
  readonly name: string;
  /** Raw `properties`, without `statuses` and without what is null: a page of thousands of deployed objects would be too large. */
  readonly properties: ArmJson;
  /** `systemData.lastModifiedBy` and `.lastModifiedAt`, where Resource Graph shows them. */
  readonly modifiedBy?: string;
  readonly modifiedAt?: number;
}

export interface Connectivity {
  readonly clusterId: string;
  readonly offline: boolean;
  readonly connectivity: string;
}

/** What Resource Graph shows of one `microsoft.flux` extension. */
export interface ExtensionStatus {
  readonly clusterId: string;
  readonly state: ExtensionState;
  /** What the service says is wrong; empty when nothing is. */
  readonly detail: string;
  /** Raw `properties` with their keys as ARM spells them (camelCase), only when asked for. */
  readonly properties?: ArmJson;
}

/**
 * Azure Resource Graph. Each page is one query of the principal's quota (15 per 5 seconds); answers lag behind ARM. All may
 * throw `Transient` with `retryAfterMs`.
 */
export interface Graph {
  /** Every AKS, Arc and hybrid cluster of the subscriptions with its Flux extension, in pages of up to 1,000. */
  clusters(subscriptions: readonly string[]): AsyncIterable<readonly Cluster[]>;
  configurations(query: ConfigurationQuery): AsyncIterable<readonly ConfigurationStatus[]>;
  /** Every configuration of every cluster of the subscriptions, with its properties, in pages of up to 1,000. */
  allConfigurations(subscriptions: readonly string[]): AsyncIterable<readonly FoundConfiguration[]>;
  /** Clusters that do not exist are absent from the answer. */
  connectivity(clusterIds: readonly string[]): AsyncIterable<readonly Connectivity[]>;
  /** The `microsoft.flux` extension; clusters without one are absent. */
  extensions(
    clusterIds: readonly string[],
    options?: { readonly withProperties?: boolean },
  ): AsyncIterable<readonly ExtensionStatus[]>;
}
