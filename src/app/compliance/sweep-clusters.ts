import type { Cluster } from '../../contracts/cluster.ts';
import { clusterKey } from '../../contracts/cluster-id.ts';
import type { Snapshot } from '../../contracts/compliance.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import { configurationDrifts } from '../../core/compliance/drift.ts';
import { claimedSubject, policyDrifts, withKnownPolicy } from '../../core/compliance/policy-drift.ts';
import { absentSight, isHistory, type Sight } from '../../core/compliance/snapshot.ts';
import { policyClaims, type PolicyBook, type PolicyClaim } from '../../core/policy/claims.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { FoundConfiguration } from '../../ports/graph.ts';
import type { Deps } from '../deps.ts';
import type { SweptCluster } from './cluster-groups.ts';
import { readDetails, type Looked, type Shown } from './details.ts';
import type { AuthorFinder } from './find-authors.ts';
import type { Findings } from './findings.ts';
import type { Known, ShardMemory } from './shard-memory.ts';
import { configurationSight, extensionSight, type Wishes } from './sights.ts';

/** One subscription while it is swept. */
export interface Round {
  readonly deps: Deps;
  readonly now: number;
  readonly memory: ShardMemory;
  /** Undefined when Policy could not be read. */
  readonly book: PolicyBook | undefined;
  /** Raw `properties` of extensions that were rolled out, by cluster key. */
  readonly settings: ReadonlyMap<string, ArmJson>;
  readonly authors: AuthorFinder;
  readonly findings: Findings;
}

/** One cluster, what is known of its subjects from before, and what Policy wants there. */
interface Visit extends SweptCluster {
  readonly known: ReadonlyMap<string, Known>;
  readonly claims: readonly PolicyClaim[];
}

/** Sweeps a few clusters: everything that is on each, or is missed there, or was there before. Returns what each shows now. */
export async function sweepClusters(
  round: Round,
  group: readonly SweptCluster[],
): Promise<{ readonly cluster: Cluster; readonly snapshots: readonly Snapshot[] }[]> {
  const visits = group.map((one) => visit(round, one));
  const shown = (await Promise.all(visits.map((one) => lookAtConfigurations(round, one)))).flat();
  const looked = Map.groupBy(await readDetails(round.deps, shown, round.now), (one) => one.shown.cluster);
  const swept = [];
  for (const one of visits) {
    const snapshots: Snapshot[] = [];
    for (const configuration of looked.get(one.cluster) ?? []) await settle(round, one, configuration, snapshots);
    const extension = await lookAtExtension(round, one, snapshots);
    if (extension !== undefined) await take(round, one, extension, snapshots);
    swept.push({ cluster: one.cluster, snapshots });
  }
  return swept;
}

function visit({ memory, book, now }: Round, one: SweptCluster): Visit {
  const key = clusterKey(one.cluster.id);
  const known = memory.clusters.get(key) ?? new Map<string, Known>();
  memory.clusters.delete(key);
  return { ...one, known, claims: book === undefined ? [] : policyClaims(book, one.cluster, now) };
}

/** What is there, and what was there before or is wanted and is not there now. */
async function lookAtConfigurations(round: Round, one: Visit): Promise<Shown[]> {
  const there = new Set(one.configurations.map(({ name }) => name));
  const wanted = [...one.known.keys(), ...one.claims.flatMap((claim) => claimedSubject(claim) ?? [])];
  const absent = [...new Set(wanted)].filter((name) => name !== EXTENSION_SUBJECT && !there.has(name));
  const [found, missed] = await Promise.all([
    Promise.all(one.configurations.map((configuration) => showPresent(round, one, configuration))),
    Promise.all(absent.map((name) => showAbsent(round, one, name))),
  ]);
  return [...found, ...missed.flatMap((shown) => shown ?? [])];
}

async function showPresent({ memory, now }: Round, one: Visit, found: FoundConfiguration): Promise<Shown> {
  const wishes = await wishesOf(memory, one, found.name);
  const before = one.known.get(found.name)?.snapshot;
  return {
    cluster: one.cluster,
    wishes,
    name: found.name,
    before,
    sight: configurationSight(one.cluster, found, wishes, now),
  };
}

/** Undefined for what nobody misses and nobody has seen. */
async function showAbsent({ memory }: Round, one: Visit, name: string): Promise<Shown | undefined> {
  const { cluster } = one;
  const wishes = await wishesOf(memory, one, name);
  const drifts = [
    ...configurationDrifts(wishes.desired, { cluster, properties: undefined }),
    ...policyDrifts(wishes.claims, name, undefined, wishes.others),
  ];
  const before = one.known.get(name)?.snapshot;
  if (before === undefined && drifts.length === 0) return undefined;
  return { cluster, wishes, name, before, sight: absentSight(cluster.id, name, drifts, wishes.desired) };
}

async function lookAtExtension(
  { memory, settings }: Round,
  one: Visit,
  snapshots: readonly Snapshot[],
): Promise<Sight | undefined> {
  const { cluster, known } = one;
  const desired = await memory.desired(known.get(EXTENSION_SUBJECT)?.baseline);
  const wishes = { desired, claims: one.claims, others: [] };
  const isNeeded = snapshots.some(({ state }) => state !== 'Absent');
  const sight = extensionSight(cluster, settings.get(clusterKey(cluster.id)), wishes, isNeeded);
  const wasThere = known.get(EXTENSION_SUBJECT)?.snapshot !== undefined;
  return sight ?? (wasThere ? absentSight(cluster.id, EXTENSION_SUBJECT, [], undefined) : undefined);
}

async function wishesOf(
  memory: ShardMemory,
  { known, claims, configurations }: Visit,
  subject: string,
): Promise<Wishes> {
  const others = configurations.filter(({ name }) => name !== subject);
  return { desired: await memory.desired(known.get(subject)?.baseline), claims, others };
}

/** What could not be read stays as it was known; of what was never known, something that is there is better than nothing. */
async function settle(
  round: Round,
  one: Visit,
  { shown: { before, sight: shown }, sight }: Looked,
  snapshots: Snapshot[],
): Promise<void> {
  const seen = sight ?? (before === undefined && shown.state !== 'Absent' ? shown : undefined);
  if (seen !== undefined) await take(round, one, seen, snapshots);
  else if (before !== undefined && !isHistory(before)) snapshots.push(before);
}

/** Keeps what is seen, with who is behind what drifts, unless it is history. */
async function take(
  { authors, findings, book }: Round,
  { known }: Visit,
  sight: Sight,
  snapshots: Snapshot[],
): Promise<void> {
  const { snapshot: before, baseline } = known.get(sight.subject) ?? {};
  const named = await authors.name(sight, before, baseline?.at);
  const snapshot = findings.take(book === undefined ? withKnownPolicy(named, before) : named, before);
  if (snapshot !== undefined) snapshots.push(snapshot);
}
