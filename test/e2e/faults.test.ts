import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sharedCloud } from './support/cloud.ts';
import { configurationWrites, extensionWrites } from './support/journal.ts';
import { COMMIT_A, requestOf } from './support/requests.ts';

const shared = sharedCloud({
  speed: 60,
  fleet: { clusters: 30, brokenClusters: 0, offlineClusters: 0, extensionShare: 0.8 },
});

test('throttling, lost answers and a killed host: the rollout ends right, nothing is written twice differently', async () => {
  const { api, cloud } = shared;
  const rules = [
    { kind: 'throttled', method: 'PUT', probability: 0.1, retryAfterSeconds: 5 },
    { kind: 'timeoutAfter', method: 'PUT', probability: 0.05 },
  ];
  const faults = await fetch(`${cloud.endpoints.arm}/admin/faults`, {
    method: 'PUT',
    body: JSON.stringify({ seed: 7, rules }),
  });
  expect(faults.status).toBe(200);

  const request = requestOf({
    name: 'stormy',
    commit: COMMIT_A,
    path: './rings/${cluster.tags.ring}',
    stages: [
      { name: 'canary', selector: { tags: { ring: 'canary' } } },
      { name: 'early', selector: { tags: { ring: 'early' } }, soak: '1m' },
      { name: 'everyone', maxConcurrency: 8 },
    ],
  });
  const { id } = (await api.submit(request)).body;
  await api.until(id, ({ stages }) => stages[2]!.counts['Succeeded']! >= 1);
  const killed = cloud.hostPid();
  process.kill(killed, 'SIGKILL');
  while (cloud.hostPid() === killed) await sleep(20);

  const ended = await api.until(id, ({ endedAt }) => endedAt !== undefined);
  expect(ended).toMatchObject({ status: 'Succeeded', counts: { Succeeded: 30 } });
  const { faults: injected, throttled } = cloud.azure.metrics;
  expect(injected['throttled']).toBeGreaterThan(0);
  expect(injected['timeoutAfter']).toBeGreaterThan(0);
  expect(throttled).toBe(0);

  const writes = configurationWrites(cloud, 'stormy');
  const bodies = Map.groupBy(writes, ({ cluster }) => cluster);
  expect(bodies.size).toBe(30);
  for (const [cluster, ofOne] of bodies) {
    const different = new Set(ofOne.map(({ body }) => JSON.stringify(body)));
    expect([cluster, different.size]).toEqual([cluster, 1]);
  }
  await expectNoStageEarly(id);
}, 120_000);

/** Journal against audit trail: before a stage was completed nothing was written to the clusters of the next one. */
async function expectNoStageEarly(id: string): Promise<void> {
  const { api, cloud } = shared;
  const stageOf = new Map((await api.clusters(id)).map(({ id: cluster, stage }) => [cluster.toLowerCase(), stage]));
  const completed = new Map(
    (await api.events(id))
      .filter(({ type }) => type === 'StageCompleted')
      .map(({ stage, at }) => [stage, Date.parse(at)]),
  );
  expect([...completed.keys()]).toEqual(['canary', 'early', 'everyone']);
  const beforeOf: Record<string, string> = { early: 'canary', everyone: 'early' };
  for (const { cluster, atMs } of [...configurationWrites(cloud, 'stormy'), ...extensionWrites(cloud)]) {
    const ahead = beforeOf[stageOf.get(cluster) ?? ''];
    if (ahead !== undefined) expect(atMs).toBeGreaterThanOrEqual(completed.get(ahead)!);
  }
}
