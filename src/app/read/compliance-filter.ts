import type { Cluster } from '../../contracts/cluster.ts';
import { parseClusterId } from '../../contracts/cluster-id.ts';
import { DriftKind, SnapshotState, type Snapshot } from '../../contracts/compliance.ts';
import { compileGlob } from '../../core/fleet/glob.ts';
import { compileSelector } from '../../core/fleet/select.ts';
import type { Deps } from '../deps.ts';
import { tagCondition } from './list-clusters.ts';
import { readChoice, readText } from './page.ts';

/** What of the fleet is asked for; conditions are joined by "and". All but `tag` values are compared without case. */
export interface ComplianceQuery {
  readonly state?: string;
  /** A kind of drift. */
  readonly drift?: string;
  readonly subscription?: string;
  /** Name of a configuration, or `@extension`. */
  readonly configuration?: string;
  /** Name of the stage of the last successful rollout. */
  readonly stage?: string;
  /** A part of the revision that the agent reports, such as a commit. */
  readonly revision?: string;
  /** A glob over names of clusters. */
  readonly name?: string;
  /** `key=value`, or `key` for "has the tag"; clusters that the inventory does not know any more have none. */
  readonly tag?: string;
}

/** Names of the query values of `ComplianceQuery`. */
export const COMPLIANCE_QUERY = [
  'state',
  'drift',
  'subscription',
  'configuration',
  'stage',
  'revision',
  'name',
  'tag',
] as const satisfies readonly (keyof ComplianceQuery)[];

export interface ComplianceFilter {
  /** In ascending order: lists are in the order of cluster ids, which begin with them. */
  readonly subscriptions: readonly string[];
  takesCluster(clusterId: string, cluster: Cluster | undefined): boolean;
  takesSnapshot(snapshot: Snapshot): boolean;
}

/** Throws `Refusal` 400 that names the value. */
export function readFilter({ subscriptions }: Deps, query: ComplianceQuery): ComplianceFilter {
  // A mistyped subscription must not look like one where nothing is wrong.
  const subscription = readChoice('subscription', query.subscription, subscriptions);
  const state = readChoice('state', query.state, SnapshotState.options);
  const drift = readChoice('drift', query.drift, DriftKind.options);
  const configuration = readText('configuration', query.configuration)?.toLowerCase();
  const stage = readText('stage', query.stage)?.toLowerCase();
  const revision = readText('revision', query.revision)?.toLowerCase();
  const name = readText('name', query.name);
  const tag = readText('tag', query.tag);
  const takesName = name === undefined ? () => true : compileGlob(name);
  const takesTags = tag === undefined ? undefined : compileSelector({ tags: tagCondition(tag) });
  return {
    subscriptions: (subscription === undefined ? [...subscriptions] : [subscription]).sort(),
    takesCluster: (clusterId, cluster) =>
      takesName(parseClusterId(clusterId)?.name ?? '') &&
      (takesTags === undefined || (cluster !== undefined && takesTags(cluster))),
    takesSnapshot: (snapshot) =>
      (state === undefined || snapshot.state === state) &&
      (drift === undefined || snapshot.drifts.some(({ kind }) => kind === drift)) &&
      (configuration === undefined || snapshot.subject.toLowerCase() === configuration) &&
      (stage === undefined || snapshot.stage?.toLowerCase() === stage) &&
      (revision === undefined || (snapshot.revision?.toLowerCase().includes(revision) ?? false)),
  };
}
