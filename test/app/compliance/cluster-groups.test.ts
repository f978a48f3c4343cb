import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterGroups, type SweptCluster } from '../../../src/app/compliance/cluster-groups.ts';
import type { FoundConfiguration } from '../../../src/ports/graph.ts';
import { cluster } from '../../core/clusters.ts';

const CLUSTERS = Array.from({ length: 1203 }, (_, n) => cluster(`c${n}`));

async function groupsOf(rows: readonly FoundConfiguration[], pageRows: number): Promise<SweptCluster[][]> {
  async function* pages(): AsyncGenerator<readonly FoundConfiguration[]> {
    for (let from = 0; from < rows.length; from += pageRows) yield rows.slice(from, from + pageRows);
  }
  const groups: SweptCluster[][] = [];
  for await (const group of clusterGroups(pages(), CLUSTERS)) groups.push([...group]);
  return groups;
}

it('every cluster comes once with all of its configurations, however pages are cut and whoever else is on them', async () => {
  const onClusters = fc.array(fc.nat({ max: 3 }), { minLength: CLUSTERS.length, maxLength: CLUSTERS.length });
  await fc.assert(
    fc.asyncProperty(onClusters, fc.integer({ min: 1, max: 1000 }), async (counts, pageRows) => {
      const names = counts.map((count) => Array.from({ length: count }, (_, n) => `app-${n}`));
      const rows = CLUSTERS.flatMap(({ id }, n) => [
        ...(names[n] ?? []).map((name) => ({ clusterId: id.toLowerCase(), name, properties: {} })),
        { clusterId: `${id}-elsewhere`, name: 'app-0', properties: {} },
      ]);
      const groups = await groupsOf(rows, pageRows);
      expect(Math.max(...groups.map(({ length }) => length))).toBeLessThanOrEqual(500);
      const found = new Map(groups.flat().map((one) => [one.cluster.name, one.configurations.map(({ name }) => name)]));
      expect(groups.flat()).toHaveLength(CLUSTERS.length);
      expect(CLUSTERS.map(({ name }) => found.get(name))).toEqual(names);
    }),
    { numRuns: 20 },
  );
});

it('what comes again is left out', async () => {
  const row = (n: number): FoundConfiguration => ({ clusterId: CLUSTERS[n]!.id, name: `app-${n}`, properties: {} });
  const groups = (await groupsOf([row(0), row(1), row(1), row(0), row(1)], 2)).flat();
  expect(groups).toHaveLength(CLUSTERS.length);
  expect(groups.slice(0, 2).map(({ configurations }) => configurations)).toEqual([[row(0)], [row(1)]]);
});
