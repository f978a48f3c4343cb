import { describe, expect, it } from 'vitest';
import { changeDefinition } from '../../../src/app/definitions/change-definition.ts';
import { deleteDefinition } from '../../../src/app/definitions/delete-definition.ts';
import { liftHold } from '../../../src/app/definitions/hold-revision.ts';
import { startRevision } from '../../../src/app/definitions/start-revision.ts';
import { giveCommand } from '../../../src/app/give-command.ts';
import { Transient } from '../../../src/contracts/errors.ts';
import { rawConfiguration } from '../../core/clusters.ts';
import { alice, bob, MINUTE, SECOND } from '../support.ts';
import { URL } from './records.ts';
import { commitOf, DefinitionBench, pushTo, replaced } from './support.ts';

const [A, B, C] = [commitOf(1), commitOf(2), commitOf(3)];

/** A definition with one push that has become a rollout, on clusters that take three minutes each. */
async function atWork(changes: Record<string, unknown> = {}, clusters = 3): Promise<DefinitionBench> {
  const bench = new DefinitionBench(Array.from({ length: clusters }, () => ({ agent: { syncMs: 3 * MINUTE } })));
  await bench.put(changes);
  await bench.push(pushTo(A, { before: null }));
  await bench.settle(30 * SECOND);
  return bench;
}

const waiting = async (bench: DefinitionBench) => (await bench.record()).pending?.waiting;

describe('a push', () => {
  it('becomes a rollout of exactly that commit, which says where it comes from', async () => {
    const bench = await atWork();
    const [rollout] = await bench.rollouts();
    expect(rollout).toMatchObject({
      name: 'shop',
      createdBy: { kind: 'system', name: 'definition shop' },
      definition: { name: 'shop', version: 1, generation: 1, repository: 'git.example/shop', ref: 'main', commit: A },
    });
    const { change } = await bench.deps.store.request(rollout!.id);
    expect(change.configurations).toMatchObject([
      { gitRepository: { url: URL, repositoryRef: { branch: 'main', commit: A } } },
    ]);
    await bench.settle();
    expect(await bench.record()).toMatchObject({ last: { revision: { commit: A }, status: 'Succeeded' } });
    expect(await bench.record()).not.toHaveProperty('running');
    expect((await bench.decisions()).map(({ code, rolloutId }) => [code, rolloutId])).toEqual([
      ['Pending', undefined],
      ['Started', rollout!.id],
      ['Ended', rollout!.id],
    ]);
  });

  it('starts when the ref has stood still for as long as the definition says', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put({ debounce: '1m' });
    await bench.push(pushTo(A, { before: null }));
    await bench.settle(50 * SECOND);
    await bench.push(pushTo(B, { before: A }));
    await bench.settle(50 * SECOND);
    expect(await bench.rollouts()).toEqual([]);
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([B]);
    expect(await bench.codes()).toEqual(['Pending', 'Replaced', 'Pending', 'Started', 'Ended']);
  });

  it('waits for an approval before its first stage where the definition says so', async () => {
    const bench = await atWork({ autoStart: false });
    const { id } = (await bench.rollouts())[0]!;
    expect(await bench.run(id, 10 * MINUTE)).toMatchObject({ status: 'WaitingForApproval' });
    expect(bench.writes).toEqual([]);
    const { planHash } = await bench.rollout(id);
    await giveCommand(bench.deps, { rolloutId: id, kind: 'approve', actor: bob, request: { planHash } });
    await bench.settle();
    expect((await bench.record()).last?.status).toBe('Succeeded');
  });

  it('is looked at once a minute while it waits, and writes nothing when nothing has changed', async () => {
    const bench = await atWork();
    await bench.push(pushTo(B, { before: A }));
    await bench.settle(20 * SECOND);
    const before = await bench.deps.definitions.read('shop');
    await bench.advance();
    await bench.advance();
    expect(await bench.deps.definitions.read('shop')).toEqual(before);
    expect(bench.bus.queues.get('revisions')!.size).toBe(1);
  });
});

describe('a revision that arrives while a rollout is at work', () => {
  it('waits for its end in line, says for what, and starts then', async () => {
    const bench = await atWork();
    const [first] = await bench.rollouts();
    await bench.push(pushTo(B, { before: A }));
    await bench.push(pushTo(C, { before: B }));
    await bench.settle(30 * SECOND);
    expect(await waiting(bench)).toMatchObject({ code: 'RolloutAtWork', blockedBy: first!.id });
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A, C]);
    expect((await bench.rollouts()).map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
  });

  it('behind a halted rollout says what a person can do, and starts once that was cancelled', async () => {
    const bench = new DefinitionBench([{ agent: { outcome: 'fails' } }, {}]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    await bench.settle();
    const [halted] = await bench.rollouts();
    expect(halted?.status).toBe('Halted');
    await bench.push(pushTo(B, { before: A }));
    await bench.settle(5 * MINUTE);
    expect(await waiting(bench)).toMatchObject({ code: 'RolloutHalted', blockedBy: halted!.id });
    expect((await waiting(bench))?.detail).toMatch(/Halted: resume or cancel it/);
    const command = { rolloutId: halted!.id, kind: 'cancel', actor: alice, request: {} } as const;
    await giveCommand(bench.deps, command);
    await bench.settle(5 * MINUTE);
    expect(await bench.rolledOut()).toEqual([A, B]);
  });

  it('takes its place where the definition says so: clusters in flight finish, and nothing new starts', async () => {
    const bench = await atWork({ onNewRevision: 'supersede' });
    expect(bench.writes).toHaveLength(1);
    await bench.push(pushTo(B, { before: A }));
    await bench.settle(20 * SECOND);
    const [first] = await bench.rollouts();
    expect(first).toMatchObject({ status: 'Running', stop: 'cancel' });
    expect(await waiting(bench)).toMatchObject({ code: 'Superseding', blockedBy: first!.id });
    await bench.settle();
    const [old, next] = await bench.rollouts();
    expect(old).toMatchObject({ status: 'Superseded', supersededBy: next!.id, stages: [{ counts: { Succeeded: 1 } }] });
    expect(next).toMatchObject({ status: 'Succeeded', definition: { commit: B, generation: 2 } });
    expect(bench.writes).toHaveLength(1 + 3);
  });

  it('that a still newer one replaces while clusters in flight finish leaves it the id that the old rollout names', async () => {
    const bench = await atWork({ onNewRevision: 'supersede' });
    await bench.push(pushTo(B, { before: A }));
    await bench.settle(20 * SECOND);
    await bench.push(pushTo(C, { before: B }));
    await bench.settle();
    const [old, next] = await bench.rollouts();
    expect(old).toMatchObject({ status: 'Superseded', supersededBy: next!.id });
    expect(await bench.rolledOut()).toEqual([A, C]);
  });

  it('is dropped where the definition says so, with the reason; the next one after the end starts', async () => {
    const bench = await atWork({ onNewRevision: 'ignoreWhileRunning' });
    await bench.push(pushTo(B, { before: A }));
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    const [ignored] = (await bench.decisions()).filter(({ code }) => code === 'IgnoredWhileRunning');
    expect(ignored).toMatchObject({ commit: B, detail: expect.stringContaining('is at work') as string });
    await bench.push(pushTo(C, { before: B }));
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A, C]);
  });
});

describe('a revision on hold', () => {
  it('is not started by a push, however often it comes, and says so', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    await bench.hold(A, 'breaks the login');
    const results = await bench.push(pushTo(A, { before: null }));
    expect(results).toMatchObject([
      { definition: 'shop', code: 'Held', detail: expect.stringContaining('breaks the login') as string },
    ]);
    await bench.settle();
    await bench.push(pushTo(A, { before: null }));
    await bench.settle();
    expect(await bench.rollouts()).toEqual([]);
    expect(await waiting(bench)).toMatchObject({
      code: 'OnHold',
      detail: expect.stringContaining('Held by alice') as string,
    });
    expect((await bench.codes()).filter((code) => code === 'Held')).toHaveLength(1);
    await liftHold(bench.deps, 'shop', A, bob);
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
  });

  it('that was to start next stays there until it is lifted; a newer push starts at once', async () => {
    const bench = await atWork();
    await bench.push(pushTo(B, { before: A }));
    await bench.hold(B);
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await waiting(bench)).toMatchObject({ code: 'OnHold' });
    await bench.push(pushTo(C, { before: B }));
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A, C]);
  });

  it('comes to all clusters when it is lifted, though something else was rolled out to them meanwhile', async () => {
    const bench = new DefinitionBench([{}, {}]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    await bench.hold(A);
    await bench.settle(MINUTE);
    await bench.run((await bench.submit()).id);
    await liftHold(bench.deps, 'shop', A, bob);
    await bench.settle();
    expect((await bench.rollouts())[0]).toMatchObject({ status: 'Succeeded', stages: [{ counts: { Succeeded: 2 } }] });
    expect(bench.commitOn()).toBe(A);
  });
});

describe('a revision that cannot be submitted', () => {
  it('because the plan is refused is told with the reason, and not tried again', async () => {
    const bench = new DefinitionBench([{}]);
    const strategy = { stages: [{ name: 'all', selector: { names: ['nobody'] } }] };
    await bench.put({ rollout: { change: { configurations: [rawConfiguration()] }, strategy } });
    await bench.push(pushTo(A, { before: null }));
    await bench.settle();
    const [, refused, ...more] = await bench.decisions();
    expect(refused).toMatchObject({
      code: 'Refused',
      commit: A,
      detail: expect.stringMatching(/^[A-Z]\w+: ./) as string,
    });
    expect(more).toEqual([]);
    expect(await bench.record()).not.toHaveProperty('running');
    expect(await bench.rollouts()).toEqual([]);
    await bench.put();
    await startRevision(bench.deps, { name: 'shop', actor: alice, reason: 'stages put right' });
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
  });

  it('because somebody else is at work on its clusters waits for that and starts then, on all of them', async () => {
    const bench = new DefinitionBench([{ agent: { syncMs: 5 * MINUTE } }, {}]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    const other = await bench.submit();
    await bench.settle(MINUTE);
    expect(await waiting(bench)).toMatchObject({
      code: 'OverlappingRollout',
      detail: expect.stringContaining(`Rollout ${other.id} is at work`) as string,
    });
    await bench.advance();
    expect(await waiting(bench)).toMatchObject({ code: 'OverlappingRollout' });
    await bench.settle();
    expect((await bench.rollouts())[0]).toMatchObject({ status: 'Succeeded', stages: [{ counts: { Succeeded: 2 } }] });
    expect(await bench.codes()).toEqual(['Pending', 'Started', 'Ended']);
  });

  it('because a store does not answer is tried again', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    bench.clock.advance(20 * SECOND);
    const inventory = replaced(bench.deps.inventory, {
      read: () => Promise.reject(new Transient('ServerBusy', 'busy')),
    });
    const deps = { ...bench.deps, inventory };
    await expect(bench.advance('shop', deps)).rejects.toMatchObject({ name: 'Transient' });
    expect((await bench.record()).running).toMatchObject({ submitted: false });
    await bench.settle();
    await bench.advance();
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
  });

  it('because it was cut short is submitted as its version of the definition has it', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    await changeDefinition(bench.deps, 'shop', ({ pending, ...record }) => ({
      record: { ...record, running: { ...pending!, version: 1, submitted: false } },
      decisions: [],
    }));
    await bench.put({
      rollout: {
        change: { configurations: [rawConfiguration({ namespace: 'elsewhere' })] },
        strategy: { stages: [{ name: 'all' }] },
      },
    });
    await bench.advance();
    const [rollout] = await bench.rollouts();
    const { change } = await bench.deps.store.request(rollout!.id);
    expect(change.configurations).toMatchObject([{ namespace: 'shop' }]);
    expect(rollout?.definition?.version).toBe(1);
  });
});

describe('a definition that is deleted', () => {
  it('starts nothing any more; its rollout goes on', async () => {
    const bench = await atWork();
    await bench.push(pushTo(B, { before: A }));
    await deleteDefinition(bench.deps, 'shop', alice);
    await bench.settle();
    expect((await bench.rollouts()).map(({ status }) => status)).toEqual(['Succeeded']);
    expect(await bench.push(pushTo(C, { before: B }))).toEqual([]);
  });
});
