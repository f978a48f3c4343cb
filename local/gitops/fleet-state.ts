import Table from 'cli-table3';
import type { LocalCloud } from '../up/cloud.ts';

/** What one cluster has of the shop, read in the cluster itself. */
export interface ClusterState {
  readonly name: string;
  readonly stage: string;
  /** Commit that its configuration asks for; undefined while there is no configuration. */
  readonly wanted: string | undefined;
  /** Commit that its Flux has fetched. */
  readonly synced: string | undefined;
  readonly compliance: string | undefined;
  /** What Flux says about the first thing that is not ready. */
  readonly problem: string | undefined;
}

/** The stage that takes the clusters of a ring. */
const STAGES: Readonly<Record<string, string>> = { canary: 'canary', early: 'early' };
export const STAGE_NAMES = ['canary', 'early', 'rest'] as const;

export function readFleet({ azure }: LocalCloud, configuration: string): ClusterState[] {
  return azure.fleet.clusters.map(({ name, tags, configurations }) => {
    const present = configurations.get(configuration);
    const broken = present?.status.objects.flatMap(({ statusConditions }) =>
      statusConditions.filter(({ type, status, reason }) => type === 'Ready' && status === 'False' && reason !== WAITS),
    )[0];
    return {
      name,
      stage: STAGES[tags['ring'] ?? ''] ?? 'rest',
      wanted: present?.spec.gitRepository?.repositoryRef?.commit ?? undefined,
      synced: present?.status.sourceSyncedCommitId?.split('@sha1:')[1],
      compliance: present?.status.complianceState ?? undefined,
      problem: broken && `${broken.reason}: ${broken.message}`,
    };
  });
}

const WAITS = 'DependencyNotReady';

/** How many clusters of each stage are on which revision, as a table. `names` says what a commit is called in the story. */
export function revisionTable(fleet: readonly ClusterState[], names: ReadonlyMap<string, string>): string {
  const table = new Table({ head: ['revision', ...STAGE_NAMES], style: { head: [], border: [] } });
  const on = (synced: string | undefined, stage: string): ClusterState[] =>
    fleet.filter((cluster) => cluster.synced === synced && cluster.stage === stage);
  for (const commit of [undefined, ...names.keys()]) {
    const cells = STAGE_NAMES.map((stage) => cell(on(commit, stage)));
    if (cells.every((text) => text === '')) continue;
    const name = commit === undefined ? 'none' : `${commit.slice(0, 7)} ${names.get(commit) ?? ''}`;
    table.push([name, ...cells]);
  }
  return table.toString();
}

function cell(clusters: readonly ClusterState[]): string {
  if (clusters.length === 0) return '';
  const counts = Map.groupBy(clusters, ({ compliance }) => compliance ?? 'nothing there');
  return [...counts].map(([compliance, { length }]) => `${length} ${compliance}`).join(', ');
}
