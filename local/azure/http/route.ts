import type { Cloud } from '../cloud.ts';
import type { ArmHandler, ArmRequest, ArmResponse } from './exchange.ts';
import type { ResourceKind } from './faults.ts';

/** A set of versions, or a table with a version each. */
export type ApiVersions = Pick<ReadonlySet<string>, 'has'>;

/** What serves one method of one path. */
export interface Route {
  readonly type: ResourceKind;
  readonly handler: ArmHandler;
  /** Versions that the service knows; undefined takes any. */
  readonly apiVersions?: ApiVersions;
}

/** Methods that ARM knows. */
export type Method = 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST';
/** Serves a request of one simulated Azure. */
export type Handle = (cloud: Cloud, request: ArmRequest) => ArmResponse;

/** Adds a route to the table. */
export type Add = (method: Method, path: string, type: ResourceKind, handle: Handle, apiVersions?: ApiVersions) => void;

/** The path of a resource group. */
export const GROUP = '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup';
/** What follows it, or a subscription, on the way to a list of clusters; one cluster has its name after it. */
export const CLUSTERS = '/providers/:clusterRp/:clusterResourceName';
