import type { Cluster } from '../../contracts/cluster.ts';
import type { BindingRecord } from '../../contracts/policy-binding.ts';
import { compileSelector } from '../fleet/select.ts';

/** What conflicts are judged by. */
export type Claimant = Pick<BindingRecord, 'name' | 'id' | 'createdAt' | 'binding' | 'subjects'>;

/** Two bindings that may not stand beside each other. */
export interface Conflict {
  readonly name: string;
  readonly mode: BindingRecord['binding']['mode'];
  readonly clusters: number;
  readonly example: string;
  /** Undefined: they share everything that was rolled out. */
  readonly subject: string | undefined;
}

/**
 * The first binding that a new one may not stand beside. On any (cluster, subject) there is one writer at the most, and none where a
 * binding says `report`: that is its word, not the absence of one. So two bindings may share clusters and subjects only if both report.
 */
export function findConflict(
  mine: Claimant,
  others: readonly Claimant[],
  fleet: readonly Cluster[],
): Conflict | undefined {
  const selected = fleet.filter(compileSelector(mine.binding.selector));
  for (const other of others) {
    if (other.name === mine.name || bothReport(mine, other) || !shareSubjects(mine, other)) continue;
    const shared = selected.filter(compileSelector(other.binding.selector));
    if (shared[0] === undefined) continue;
    const subject = (mine.subjects ?? other.subjects)?.find((one) => covers(mine, one) && covers(other, one));
    const { name, binding } = other;
    return { name, mode: binding.mode, clusters: shared.length, example: shared[0].id, subject };
  }
  return undefined;
}

/**
 * Says which other binding has the say over a subject of a cluster. Selections move with tags, so that bindings can come to overlap
 * after they were accepted: then one that reports goes before one that writes, and of two that write the older one.
 */
export function claimsOfOthers(
  mine: Claimant,
  others: readonly Claimant[],
): (cluster: Cluster, subject: string) => string | undefined {
  const stronger = others
    .filter((other) => other.name !== mine.name && !bothReport(mine, other))
    .filter((other) => other.binding.mode === 'report' || isOlder(other, mine))
    .map((other) => ({ other, selects: compileSelector(other.binding.selector) }));
  return (cluster, subject) =>
    stronger.find(({ other, selects }) => covers(other, subject) && selects(cluster))?.other.name;
}

function bothReport(one: Claimant, other: Claimant): boolean {
  return one.binding.mode === 'report' && other.binding.mode === 'report';
}

function shareSubjects(one: Claimant, other: Claimant): boolean {
  if (one.subjects === undefined) return other.subjects?.length !== 0;
  return one.subjects.some((subject) => covers(other, subject));
}

function covers({ subjects }: Claimant, subject: string): boolean {
  return subjects?.includes(subject) ?? true;
}

function isOlder(one: Claimant, other: Claimant): boolean {
  return one.createdAt === other.createdAt ? one.id < other.id : one.createdAt < other.createdAt;
}
