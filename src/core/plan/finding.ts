import { clusterKey } from '../../contracts/cluster-id.ts';

/** Something the preflight found: `block` keeps the change from working on that cluster, `warn` is for people to know. */
export interface Finding {
  readonly code: string;
  readonly severity: 'block' | 'warn';
  /** Absent: about the plan as a whole. */
  readonly clusterId?: string;
  /** What was found, and what to do about it. */
  readonly detail: string;
}

/** What keeps clusters from taking the change, by `clusterKey`; clusters without any are absent. */
export type Blockers = ReadonlyMap<string, readonly [Finding, ...Finding[]]>;

export function blockersOf(findings: readonly Finding[]): Blockers {
  const blockers = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    if (finding.severity !== 'block' || finding.clusterId === undefined) continue;
    const known = blockers.get(clusterKey(finding.clusterId));
    if (known === undefined) blockers.set(clusterKey(finding.clusterId), [finding]);
    else known.push(finding);
  }
  return blockers;
}

/** All findings of one code and severity: thousands of clusters usually share a handful. */
export interface FindingGroup {
  readonly code: string;
  readonly severity: Finding['severity'];
  /** Of the first of them, as an example: it names that cluster's own command. */
  readonly detail: string;
  /** Without repeats; empty when it is about the plan as a whole. */
  readonly clusterIds: readonly string[];
}

/** Findings by code, those that block first; else in the order in which they came. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, { first: Finding; clusterIds: Set<string> }>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.code}`;
    const group = groups.get(key) ?? { first: finding, clusterIds: new Set<string>() };
    if (finding.clusterId !== undefined) group.clusterIds.add(finding.clusterId);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ first, clusterIds }) => ({
      code: first.code,
      severity: first.severity,
      detail: first.detail,
      clusterIds: [...clusterIds],
    }))
    .sort((a, b) => Number(a.severity === 'warn') - Number(b.severity === 'warn'));
}

/** The first ten of some clusters, and how many more there are. */
export function firstTen(ids: readonly string[]): string {
  return ids.slice(0, 10).join(', ') + (ids.length > 10 ? `, and ${ids.length - 10} more` : '');
}
