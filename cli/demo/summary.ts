import Table from 'cli-table3';
import type { Cluster, Rollout } from './api.ts';

/** The end of a rollout as two tables: verdicts by stage, and every cluster that did not get there, with its reason. */
export function summarize({ stages, status, endReason }: Rollout, clusters: readonly Cluster[]): string {
  const verdicts = [...new Set(['Succeeded', 'Failed', 'Deferred', ...clusters.map(({ state }) => state)])];
  const table = new Table({ head: ['stage', 'clusters', ...verdicts], style: PLAIN });
  const row = (name: string, of: readonly Cluster[]): string[] => [
    name,
    String(of.length),
    ...verdicts.map((verdict) => String(of.filter(({ state }) => state === verdict).length)),
  ];
  for (const { name } of stages)
    table.push(
      row(
        name,
        clusters.filter(({ stage }) => stage === name),
      ),
    );
  table.push(row('all', clusters));
  const reason = endReason === undefined ? '' : ` (${endReason.detail})`;
  return [table.toString(), reasons(clusters), `${status === 'Halted' ? 'State' : 'End state'}: ${status}${reason}`]
    .filter((part) => part !== '')
    .join('\n');
}

/** Reasons are cut to whole words of this width, so that the table fits a terminal. */
const REASON_WIDTH = 72;
const PLAIN = { head: [], border: [] };

function reasons(clusters: readonly Cluster[]): string {
  const others = clusters.filter(({ state }) => state !== 'Succeeded' && state !== 'Unchanged');
  if (others.length === 0) return '';
  const table = new Table({
    head: ['cluster', 'verdict', 'reason'],
    colWidths: [null, null, REASON_WIDTH],
    wordWrap: true,
    style: PLAIN,
  });
  for (const { id, state, code, detail } of others) table.push([nameOf(id), state, `${code ?? ''}: ${detail ?? ''}`]);
  return table.toString();
}

/** The last part of a resource id. */
export function nameOf(clusterId: string): string {
  return clusterId.slice(clusterId.lastIndexOf('/') + 1);
}
