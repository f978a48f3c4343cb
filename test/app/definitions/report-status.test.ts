import { describe, expect, it } from 'vitest';
import { reportStatus } from '../../../src/app/definitions/report-status.ts';
import type { Deps } from '../../../src/app/deps.ts';
import type { DefinitionRecord } from '../../../src/contracts/definition.ts';
import { MINUTE, SECOND } from '../support.ts';
import { dieEverywhere } from '../dying.ts';
import { URL } from './records.ts';
import { ASKED, atWork, StatusBench } from './status-support.ts';
import { commitOf, pushTo } from './support.ts';

const [ONE, TWO] = [commitOf(1), commitOf(2)];

describe('a rollout of a definition that asks for it', () => {
  it('tells its commit how it goes, and how it ended', async () => {
    const bench = await StatusBench.open(ASKED, 3);
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(30 * MINUTE);
    const [rollout] = await bench.rollouts();
    expect(rollout?.status).toBe('Succeeded');
    const first = bench.sent[0]!;
    expect(first).toMatchObject({ state: 'pending', description: expect.stringContaining('/3 clusters') as string });
    expect(bench.sent.at(-1)).toEqual({
      provider: 'gitea',
      repositoryUrl: URL,
      commit: ONE,
      ref: { kind: 'branch', name: 'main' },
      context: 'flotilla/shop',
      state: 'success',
      description: '3/3 clusters, done',
      credentials: 'canary-5e1d',
    });
  });

  it('tells it at most twice a minute, and the end at once', async () => {
    const bench = await StatusBench.open(ASKED, 40);
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(60 * MINUTE);
    expect(bench.sent.length).toBeGreaterThan(2);
    const [rollout] = await bench.rollouts();
    const endedAt = rollout!.endedAt!;
    const before = bench.sentAt.filter((at) => at < endedAt);
    before.slice(1).forEach((at, n) => expect(at - before[n]!).toBeGreaterThanOrEqual(30 * SECOND));
    // Progress that was queued before the end tells the end once more: it may have overtaken it.
    const after = bench.sentAt.filter((at) => at >= endedAt);
    expect(after[0]! - endedAt).toBeLessThanOrEqual(SECOND);
    expect(after.length).toBeLessThanOrEqual(2);
  });

  it('links to itself where the installation knows its address', async () => {
    const bench = await StatusBench.open();
    const deps: Deps = { ...bench.deps, publicUrl: 'https://flotilla.contoso.com' };
    await bench.push(pushTo(ONE, { before: null }));
    await bench.settle(10 * SECOND);
    const [rollout] = await bench.rollouts();
    await reportStatus(deps, { schema: 1, rolloutId: rollout!.id, tries: 0 });
    expect(bench.sent.at(-1)?.targetUrl).toBe(`https://flotilla.contoso.com/api/rollouts/${rollout!.id}`);
  });

  it('says so when a newer one has taken its place', async () => {
    const bench = await StatusBench.open({ ...ASKED, onNewRevision: 'supersede' }, 2);
    await bench.push(pushTo(ONE, { before: null }));
    await bench.pass(20 * SECOND);
    await bench.push(pushTo(TWO, { before: ONE }));
    await bench.pass(30 * MINUTE);
    const lastOf = (commit: string) => bench.sent.filter((one) => one.commit === commit).at(-1);
    expect(lastOf(ONE)).toMatchObject({ state: 'error', description: expect.stringContaining('superseded') as string });
    expect(lastOf(TWO)).toMatchObject({ state: 'success' });
  });
});

it('a rollout of a definition that does not ask for it tells nobody', async () => {
  const bench = await StatusBench.open({});
  await bench.push(pushTo(ONE, { before: null }));
  await bench.pass(20 * MINUTE);
  expect(await bench.rolledOut()).toEqual([ONE]);
  expect([bench.queued, bench.sent.length]).toEqual([0, 0]);
});

describe('the last word is the true one', () => {
  it('when the rollout ends while the host is told that it is at work', async () => {
    const bench = await atWork();
    const { rolloutId, commitStatuses } = bench;
    const set: typeof commitStatuses.set = async (update) => {
      if (bench.sent.length === 0) await bench.run(rolloutId);
      return commitStatuses.set(update);
    };
    await reportStatus({ ...bench.deps, commitStatuses: { set } }, { schema: 1, rolloutId, tries: 0 });
    expect(bench.sent.map(({ state }) => state).at(-1)).toBe('success');
  });

  it('when a message of an older rollout of the same commit comes late', async () => {
    const bench = await atWork();
    await bench.pass(20 * MINUTE);
    const before = bench.sent.length;
    await bench.edit((record) => {
      const { revision } = record.last!;
      const rolloutId = bench.deps.ids.next();
      return { ...record, running: { revision, generation: 2, rolloutId, version: 1, since: 0, submitted: true } };
    });
    await reportStatus(bench.deps, { schema: 1, rolloutId: bench.rolloutId, tries: 0 });
    expect(bench.sent).toHaveLength(before);
  });

  it('though whoever tells it is killed at any call', async () => {
    const calls = await dieEverywhere(
      async () => {
        const bench = await atWork();
        await bench.run(bench.rolloutId);
        return bench;
      },
      ({ rolloutId }, deps) => reportStatus(deps, { schema: 1, rolloutId, tries: 0 }),
      async (bench) => {
        await reportStatus(bench.deps, { schema: 1, rolloutId: bench.rolloutId, tries: 0 });
        expect(bench.sent.at(-1)).toMatchObject({ state: 'success', description: '1/1 clusters, done' });
      },
    );
    expect(calls).toBeGreaterThan(3);
  });
});

describe('nobody is told', () => {
  it.each<[string, (record: DefinitionRecord) => DefinitionRecord]>([
    [
      'when the definition does not ask for it any more',
      ({ definition: { commitStatus: _, ...definition }, ...record }) => ({ ...record, definition }),
    ],
    ['when it follows another repository', (record) => ({ ...record, repository: 'git.example/other' })],
  ])('%s', async (_name, change) => {
    const bench = await atWork();
    const before = bench.sent.length;
    await bench.edit(change);
    await reportStatus(bench.deps, { schema: 1, rolloutId: bench.rolloutId, tries: 0 });
    expect(bench.sent).toHaveLength(before);
  });

  it('when the definition is gone', async () => {
    const bench = await atWork();
    const { version } = (await bench.deps.definitions.read('shop'))!;
    await bench.deps.definitions.remove('shop', version);
    await reportStatus(bench.deps, { schema: 1, rolloutId: bench.rolloutId, tries: 0 });
    expect(bench.sent).toEqual([]);
  });
});
