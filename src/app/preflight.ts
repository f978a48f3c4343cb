import pLimit from 'p-limit';
import { clusterKey } from '../contracts/cluster-id.ts';
import type { Cluster } from '../contracts/cluster.ts';
import { PREFLIGHT_CLUSTERS_LISTED_MAX, PREFLIGHT_LEASES_READ_MAX } from '../contracts/limits.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import type { Finding } from '../core/plan/finding.ts';
import { preflight, type ProviderFact } from '../core/plan/preflight.ts';
import { providersOf } from '../core/plan/preflight/providers.ts';
import { newestMinor } from '../core/plan/preflight/version.ts';
import type { ArmJson, ArmResult } from '../ports/arm.ts';
import { grantReads, readsOf, recordThrottling } from './budgets.ts';
import type { Deps } from './deps.ts';

/** Raw `properties` of the configurations that exist, by configuration name and `clusterKey`. */
export type PresentConfigurations = ReadonlyMap<string, ReadonlyMap<string, ArmJson>>;

/** Reads of one preflight under way at the same time. Ours. */
const PARALLEL_MAX = 16;

/**
 * Everything that would keep a change from working on these clusters, or that people should know. Reads what the inventory
 * does not hold, as far as the quotas have room at this moment: what could not be read is a warning, never a block.
 *
 * @param present the configurations of every name in the change, as Resource Graph shows them.
 * @param fleet where the newest version of the extension is looked for.
 * @throws Transient when a store does not answer.
 */
export async function runPreflight(
  deps: Deps,
  request: RolloutRequest,
  clusters: readonly Cluster[],
  present: PresentConfigurations,
  fleet: readonly Cluster[] = clusters,
): Promise<readonly Finding[]> {
  const [registrations, ownership, listing] = await Promise.all([
    readRegistrations(deps, clusters),
    readOwnership(deps, request, clusters, present),
    listConfigurations(deps, request, clusters),
  ]);
  const newestExtension = newestMinor(fleet.map(({ extensionVersion }) => extensionVersion));
  const facts = { registrations, present, newestExtension, ...ownership.facts, ...listing.facts };
  return [...ownership.findings, ...listing.findings, ...preflight(request, clusters, facts)];
}

/** One read for every subscription and resource provider among the clusters. */
async function readRegistrations(
  deps: Deps,
  clusters: readonly Cluster[],
): Promise<Map<string, Record<string, ProviderFact>>> {
  const wanted = new Map<string, { clusterId: string; subscriptionId: string; namespace: string }>();
  for (const cluster of clusters) {
    const { id: clusterId, subscriptionId } = cluster;
    for (const namespace of providersOf(cluster)) {
      wanted.set(`${subscriptionId} ${namespace}`, { clusterId, subscriptionId, namespace });
    }
  }
  const registrations = new Map<string, Record<string, ProviderFact>>();
  const read = ({ subscriptionId, namespace }: { subscriptionId: string; namespace: string }) =>
    deps.arm.getProvider(subscriptionId, namespace);
  for (const { item, answer } of await readWithinQuota(deps, [...wanted.values()], read)) {
    const { subscriptionId, namespace } = item;
    const fact = answer.ok ? answer.value : { unreadable: answer.reason };
    registrations.set(subscriptionId, { ...registrations.get(subscriptionId), [namespace]: fact });
  }
  return registrations;
}

/** A configuration that exists without a lease of ours was written by somebody else. One point read each. */
async function readOwnership(
  deps: Deps,
  { change }: RolloutRequest,
  clusters: readonly Cluster[],
  present: PresentConfigurations,
): Promise<{ facts: { foreign: Map<string, Set<string>> }; findings: Finding[] }> {
  const existing = change.configurations.flatMap(({ name }) =>
    clusters.filter(({ id }) => present.get(name)?.has(clusterKey(id)) === true).map(({ id }) => ({ name, id })),
  );
  const foreign = new Map<string, Set<string>>();
  const limit = pLimit(PARALLEL_MAX);
  await limit.map(existing.slice(0, PREFLIGHT_LEASES_READ_MAX), async ({ name, id }) => {
    if ((await deps.leases.read(id, name)) !== undefined) return;
    const known = foreign.get(name) ?? new Set();
    foreign.set(name, known.add(clusterKey(id)));
  });
  const left = existing.length - PREFLIGHT_LEASES_READ_MAX;
  const detail = `Whether Flotilla ever wrote them was looked up for ${PREFLIGHT_LEASES_READ_MAX} existing configurations; ${left} more were not looked at and may be somebody else's.`;
  return { facts: { foreign }, findings: left > 0 ? [{ code: 'OwnershipUnchecked', severity: 'warn', detail }] : [] };
}

/** What else is on clusters that are to lose the extension. Looked up for a few; each cluster is asked again before its turn. */
async function listConfigurations(
  deps: Deps,
  { change }: RolloutRequest,
  clusters: readonly Cluster[],
): Promise<{ facts: { configurations: Map<string, readonly string[]> }; findings: Finding[] }> {
  const configurations = new Map<string, readonly string[]>();
  const { extension } = change;
  if (extension?.action !== 'remove' || extension.evenWithConfigurations)
    return { facts: { configurations }, findings: [] };
  const installed = clusters.filter((cluster) => cluster.extension !== 'Missing').map(({ id }) => ({ clusterId: id }));
  const some = installed.slice(0, PREFLIGHT_CLUSTERS_LISTED_MAX);
  for (const { item, answer } of await readWithinQuota(deps, some, (it) => deps.arm.listConfigurations(it.clusterId))) {
    if (!answer.ok) continue;
    const names = answer.value.map(({ name }) => name);
    configurations.set(clusterKey(item.clusterId), names);
  }
  const left = installed.length - configurations.size;
  const detail = `Whether they have other configurations was not looked up for ${left} clusters: the extension stays, and the cluster counts as failed, where there are some when its turn comes.`;
  return {
    facts: { configurations },
    findings: left > 0 ? [{ code: 'ConfigurationsUnchecked', severity: 'warn', detail }] : [],
  };
}

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/**
 * Makes the reads that the quotas of their subscriptions have room for at this moment; the others are not made, since nobody
 * waits for a quota to plan. After a 429 its subscription is asked nothing more.
 */
async function readWithinQuota<I extends { readonly clusterId: string }, T>(
  deps: Deps,
  items: readonly I[],
  read: (item: I) => Promise<ArmResult<T>>,
): Promise<{ item: I; answer: Answer<T> }[]> {
  const granted = new Set(await grantReads(deps, items, ({ clusterId }) => clusterId));
  const throttled = new Set<string>();
  const limit = pLimit(PARALLEL_MAX);
  return limit.map(items, async (item) => {
    const pool = readsOf(item.clusterId);
    if (!granted.has(item) || throttled.has(pool.name)) return { item, answer: unread('the read quota is used up') };
    const result = await read(item);
    if (result.ok) return { item, answer: result };
    const { fault } = result;
    if (fault.kind !== 'throttled') return { item, answer: unread(fault.detail) };
    throttled.add(pool.name);
    await recordThrottling(deps, pool, fault.retryAfterMs);
    return { item, answer: unread('Azure answered 429') };
  });
}

function unread(reason: string): Answer<never> {
  return { ok: false, reason };
}
