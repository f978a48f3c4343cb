import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedCloud } from './support/cloud.ts';
import { configurationWrites, extensionWrites } from './support/journal.ts';
import { runLocal, temporaryFolder } from './support/processes.ts';

const shared = sharedCloud({ speed: 60 });
const COMMIT = '67e2c98a60dc92283531412a9e604dd4bae005a9';

describe.concurrent('the demo', () => {
  test('examples/podinfo.yaml over 48 clusters: 46 succeed, the broken one fails with its reason, the offline one is deferred', async ({
    expect,
  }) => {
    const { api, cloud } = shared;
    const yaml = (await readFile(new URL('../../examples/podinfo.yaml', import.meta.url), 'utf8')).replace(
      '10m #',
      '2m #',
    );
    const submitted = await api.submit(yaml, { 'content-type': 'application/yaml' });
    expect(submitted.status).toBe(202);
    const { id } = submitted.body;
    const ended = await api.until(id, ({ endedAt }) => endedAt !== undefined);
    const clusters = await api.clusters(id);

    expect(ended.status).toBe('CompletedWithFailures');
    expect(ended.stages.map(({ name, clusters: size }) => [name, size])).toEqual([
      ['canary', 2],
      ['early', 10],
      ['everyone', 36],
    ]);
    expect(ended.counts).toMatchObject({
      Succeeded: 46,
      Failed: 1,
      Deferred: 1,
      inFlight: 0,
      notStarted: 0,
      waitedFor: 0,
    });
    const trouble = clusters.filter(({ state }) => state !== 'Succeeded');
    expect(trouble.map(({ id: cluster, state, code, stage }) => [nameOf(cluster), state, code, stage]).sort()).toEqual(
      [
        [brokenCluster(), 'Failed', 'HealthCheckFailed', 'everyone'],
        [offlineCluster(), 'Deferred', 'ClusterOffline', 'everyone'],
      ].sort(),
    );

    // Every success is proved by what its agent reported after our write.
    const writes = configurationWrites(cloud, 'podinfo');
    const writtenAt = new Map(writes.map(({ cluster, atMs }) => [cluster, atMs]));
    for (const { id: cluster, state, evidence } of clusters) {
      if (state !== 'Succeeded') continue;
      expect(evidence).toMatchObject({ commit: `master@sha1:${COMMIT}`, complianceState: 'Compliant' });
      expect(Date.parse(evidence!.statusAt!)).toBeGreaterThan(writtenAt.get(cluster.toLowerCase())!);
    }
    // One write for each cluster that answers, none for the other one; no stage before the one ahead of it was done.
    expect(writes).toHaveLength(47);
    expect(new Set(writes.map(({ cluster }) => cluster)).size).toBe(47);
    await expectNoStageEarly(id);
    expect(cloud.azure.metrics.throttled + cloud.azure.metrics.graphThrottled).toBe(0);
  }, 120_000);

  test('npm start -- --once shows the rollout, the verdicts and the figures, and ends with 0', async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const { output, ended } = runLocal(
      onTestFinished,
      'local/start.ts',
      folder,
      '--once',
      '--clusters',
      '20',
      '--speed',
      '60',
    );
    expect(await ended).toEqual([0, null]);
    const text = output.join('\n');
    expect(text).toMatch(/canary: Running, 0\/2 done/);
    expect(text).toMatch(/ClusterFailed \S+ \(HealthCheckFailed: /);
    expect(text).toMatch(/│ all +│ 20 +│ 18 +│ 1 +│ 1 +│/);
    expect(text).toMatch(/End state: CompletedWithFailures/);
    expect(text).toMatch(/ARM writes \d+/);
    expect(existsSync(path.join(folder, '.local/endpoints.json'))).toBe(false);
  }, 120_000);
});

async function expectNoStageEarly(id: string): Promise<void> {
  const { api, cloud } = shared;
  const clusters = await api.clusters(id);
  const events = await api.events(id);
  const writes = [...configurationWrites(cloud, 'podinfo'), ...extensionWrites(cloud)];
  const stageOf = new Map(clusters.map(({ id: cluster, stage }) => [cluster.toLowerCase(), stage]));
  for (const [before, after] of [
    ['canary', 'early'],
    ['early', 'everyone'],
  ]) {
    const completed = events.find(({ type, stage }) => type === 'StageCompleted' && stage === before);
    const first = Math.min(...writes.filter(({ cluster }) => stageOf.get(cluster) === after).map(({ atMs }) => atMs));
    expect(first).toBeGreaterThanOrEqual(Date.parse(completed!.at));
  }
}

function brokenCluster(): string | undefined {
  return shared.cloud.azure.fleet.clusters.find(({ failure }) => failure !== undefined)?.name;
}

function offlineCluster(): string | undefined {
  return shared.cloud.azure.fleet.clusters.find(({ offlineSinceMs }) => offlineSinceMs !== undefined)?.name;
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
