import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, test } from 'vitest';
import { sharedCloud, localTime, soundClusters } from './support/cloud.ts';
import { configurationWrites } from './support/journal.ts';
import { COMMIT_A, requestOf } from './support/requests.ts';

const shared = sharedCloud({
  speed: 40,
  fleet: { clusters: 40, brokenClusters: 0, offlineClusters: 0, extensionShare: 1 },
});

/** Each test has clusters and a configuration of its own, so that they run side by side. */
function clustersOf(test: number, count = 8): string[] {
  return soundClusters(shared.cloud).slice(test * 8, test * 8 + count);
}

describe.concurrent('steering a rollout', { timeout: 90_000 }, () => {
  test('a dry run tells the plan and writes nothing; the submission that follows has the same plan', async ({
    expect,
  }) => {
    const { api, cloud } = shared;
    const [first = '', ...others] = clustersOf(0, 4);
    const request = requestOf({
      name: 'dry-run',
      commit: COMMIT_A,
      stages: [
        { name: 'one', ids: [first] },
        { name: 'two', ids: others, gates: { before: { approval: {} } } },
      ],
    });
    const plan = await api.call<{ planHash: string; stages: { targets: object[] }[]; changes: object[] }>(
      'POST',
      '/rollouts?dryRun=true',
      request,
    );
    expect(plan.status).toBe(200);
    expect(plan.body.stages.map(({ targets }) => targets.length)).toEqual([1, 3]);
    expect(plan.body.changes).toMatchObject([{ actions: [{}, { effect: 'create' }], clusters: 4 }]);
    expect((await api.rollouts()).filter(({ name }) => name === 'dry-run')).toEqual([]);
    expect(configurationWrites(cloud, 'dry-run')).toEqual([]);

    const submitted = await api.submit(request);
    expect(submitted.body.planHash).toBe(plan.body.planHash);
    await api.command(submitted.body.id, 'cancel');
    expect((await api.untilStatus(submitted.body.id, 'Cancelled')).status).toBe('Cancelled');
  });

  test('pause: what is in flight finishes and nothing new starts; resume goes on', async ({ expect }) => {
    const { api, cloud } = shared;
    const request = requestOf({
      name: 'pausing',
      commit: COMMIT_A,
      stages: [{ name: 'all', ids: clustersOf(1), maxConcurrency: 2 }],
    });
    const { id } = (await api.submit(request)).body;
    await api.until(id, ({ counts }) => counts['Succeeded']! >= 1 && counts['inFlight']! >= 1);
    const paused = await api.command(id, 'pause', { reason: 'lunch' });
    const acknowledgedAtMs = cloud.clock.now();
    expect(paused).toMatchObject({ status: 200, body: { status: 'Paused' } });

    const inFlight = (await api.clusters(id))
      .filter(({ state }) => state === 'InFlight')
      .map((each) => each.id.toLowerCase());
    const idle = await api.until(id, ({ counts }) => counts['inFlight'] === 0);
    expect(idle.counts['notStarted']).toBeGreaterThan(0);
    await localTime(cloud, 180_000);
    const late = configurationWrites(cloud, 'pausing').filter(({ atMs }) => atMs > acknowledgedAtMs);
    expect(late.filter(({ cluster }) => !inFlight.includes(cluster))).toEqual([]);
    expect((await api.rollout(id)).counts).toEqual(idle.counts);

    expect((await api.command(id, 'resume')).status).toBe(200);
    const ended = await api.until(id, ({ endedAt }) => endedAt !== undefined);
    expect(ended).toMatchObject({ status: 'Succeeded', counts: { Succeeded: 8 } });
    expect(configurationWrites(cloud, 'pausing')).toHaveLength(8);
    const told = (await api.events(id)).filter(({ type }) => type === 'RolloutPaused' || type === 'RolloutResumed');
    expect(told).toMatchObject([{ by: 'local', detail: 'lunch' }, { by: 'local' }]);
  });

  test('a gate holds its stage until somebody else than the requester approves', async ({ expect }) => {
    const { api, cloud } = shared;
    const [canary = '', ...others] = clustersOf(2, 4);
    const request = requestOf({
      name: 'gated',
      commit: COMMIT_A,
      stages: [
        { name: 'canary', ids: [canary] },
        { name: 'rest', ids: others, gates: { before: { approval: {} } } },
      ],
    });
    const requester = { 'x-functions-key': 'key-of-rosa' };
    const { id, planHash } = (await api.submit(request, requester)).body;
    const waiting = await api.untilStatus(id, 'WaitingForApproval');
    expect(waiting).toMatchObject({ status: 'WaitingForApproval', counts: { Succeeded: 1, notStarted: 3 } });
    expect(configurationWrites(cloud, 'gated')).toHaveLength(1);

    expect(await api.command(id, 'approve', {}, requester)).toMatchObject({
      status: 403,
      body: { code: 'RequesterMayNotApprove' },
    });
    const approver = { 'x-functions-key': 'key-of-anna' };
    expect(await api.command(id, 'approve', { planHash: 'another' }, approver)).toMatchObject({
      status: 409,
      body: { code: 'PlanChanged' },
    });
    expect((await api.command(id, 'approve', { planHash }, approver)).status).toBe(200);
    expect(await api.until(id, ({ endedAt }) => endedAt !== undefined)).toMatchObject({
      status: 'Succeeded',
      counts: { Succeeded: 4 },
    });
  });

  test('cancel: what is in flight finishes, the rest is Cancelled without a write', async ({ expect }) => {
    const { api, cloud } = shared;
    const request = requestOf({
      name: 'cancelling',
      commit: COMMIT_A,
      stages: [{ name: 'all', ids: clustersOf(3), maxConcurrency: 2 }],
    });
    const { id } = (await api.submit(request)).body;
    await api.until(id, ({ counts }) => counts['Succeeded']! >= 1);
    expect((await api.command(id, 'cancel')).status).toBe(200);
    const acknowledgedAtMs = cloud.clock.now();
    const inFlight = (await api.clusters(id))
      .filter(({ state }) => state === 'InFlight')
      .map((each) => each.id.toLowerCase());
    const ended = await api.until(id, ({ endedAt }) => endedAt !== undefined);
    expect(ended.status).toBe('Cancelled');
    const clusters = await api.clusters(id);
    const written = new Set(configurationWrites(cloud, 'cancelling').map(({ cluster }) => cluster));
    for (const { id: cluster, state } of clusters) {
      expect([cluster, state]).toEqual([cluster, written.has(cluster.toLowerCase()) ? 'Succeeded' : 'Cancelled']);
    }
    const late = configurationWrites(cloud, 'cancelling').filter(({ atMs }) => atMs > acknowledgedAtMs);
    expect(late.filter(({ cluster }) => !inFlight.includes(cluster))).toEqual([]);
    expect(written.size).toBeLessThan(8);
  });

  test('a request by queue starts a rollout; a bad one is dead-lettered with its reason', async ({ expect }) => {
    const { api, cloud } = shared;
    const request = requestOf({ name: 'by-queue', commit: COMMIT_A, stages: [{ name: 'all', ids: clustersOf(4, 2) }] });
    const client = new ServiceBusClient(cloud.endpoints.serviceBus);
    try {
      const sender = client.createSender('requests');
      await sender.sendMessages([
        { body: { ...request, colour: 'blue' }, messageId: 'bad-one' },
        { body: request, messageId: 'good-one' },
      ]);
      const receiver = client.createReceiver('requests', { subQueueType: 'deadLetter' });
      const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
      expect(dead).toMatchObject({
        messageId: 'bad-one',
        deadLetterReason: 'InvalidRolloutRequest',
        deadLetterErrorDescription: 'colour: is not a field of this contract',
      });
    } finally {
      await client.close();
    }
    const started = await untilListed('by-queue');
    const ended = await api.until(started, ({ endedAt }) => endedAt !== undefined);
    expect(ended).toMatchObject({ status: 'Succeeded', createdBy: 'requests', counts: { Succeeded: 2 } });
    expect((await api.rollouts()).filter(({ name }) => name === 'by-queue')).toHaveLength(1);
  });
});

async function untilListed(name: string): Promise<string> {
  for (;;) {
    const found = (await shared.api.rollouts()).find((rollout) => rollout.name === name);
    if (found !== undefined) return found.id;
    await localTime(shared.cloud, 1000);
  }
}

test('nothing but the bad request was dead-lettered', () => {
  const deadLettered = Object.entries(shared.cloud.broker.metrics()).map(([queue, counts]) => ({
    queue,
    messages: counts.deadLettered,
  }));
  expect(deadLettered.filter(({ messages }) => messages > 0)).toEqual([{ queue: 'requests', messages: 1 }]);
});
