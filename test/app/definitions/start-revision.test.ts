import { describe, expect, it } from 'vitest';
import { startRevision } from '../../../src/app/definitions/start-revision.ts';
import { alice, bob, MINUTE, SECOND } from '../support.ts';
import { giveCommand } from '../../../src/app/give-command.ts';
import { commitOf, DefinitionBench, pushTo } from './support.ts';

const [A, B, C] = [commitOf(1), commitOf(2), commitOf(3)];

/** Two pushes that have been rolled out, one after the other. */
async function rolledOut(changes: Record<string, unknown> = {}): Promise<DefinitionBench> {
  const bench = new DefinitionBench([{}]);
  await bench.put(changes);
  await bench.push(pushTo(A, { before: null }));
  await bench.settle();
  await bench.push(pushTo(B, { before: A }));
  await bench.settle();
  return bench;
}

const start = (bench: DefinitionBench, revision?: string) =>
  startRevision(bench.deps, {
    name: 'shop',
    actor: bob,
    reason: 'the agents were down',
    ...(revision !== undefined && { revision }),
  });

describe('a person who starts a revision', () => {
  it('has the present one rolled out once more, at once, in their own name', async () => {
    const bench = await rolledOut({ debounce: '30m' });
    await start(bench);
    await bench.settle(MINUTE);
    expect(await bench.rolledOut()).toEqual([A, B, B]);
    expect((await bench.rollouts()).at(-1)).toMatchObject({ createdBy: bob, definition: { generation: 3 } });
    const said = (await bench.decisions()).findLast(({ code }) => code === 'Pending');
    expect(said?.detail).toMatch(/^bob starts it: the agents were down\. /);
  });

  it('goes back to an older one; the next push is rolled out as ever, and a repeat of the newest is known', async () => {
    const bench = await rolledOut();
    await start(bench, A);
    await bench.settle();
    expect(bench.commitOn()).toBe(A);
    expect(await bench.push(pushTo(B, { before: A }))).toMatchObject([{ code: 'AlreadyKnown' }]);
    await bench.settle();
    expect(bench.commitOn()).toBe(A);
    await bench.push(pushTo(C, { before: B }));
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A, B, A, C]);
  });

  it('may not approve what they have started, where a definition waits for an approval', async () => {
    const bench = await rolledOut();
    await bench.put({ autoStart: false });
    await start(bench);
    await bench.settle(MINUTE);
    const { id, planHash } = (await bench.rollouts()).at(-1)!;
    const approve = { rolloutId: id, kind: 'approve', request: { planHash } } as const;
    const refused = giveCommand(bench.deps, { ...approve, actor: bob });
    await expect(refused).rejects.toMatchObject({ code: 'RequesterMayNotApprove' });
    await giveCommand(bench.deps, { ...approve, actor: alice });
  });

  it('does not wait for the debounce of a push that is the next one already', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put({ debounce: '1h' });
    await bench.push(pushTo(A, { before: null }));
    await start(bench);
    await bench.settle(MINUTE);
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await bench.codes()).toEqual(['Pending', 'Pending', 'Started', 'Ended']);
  });

  it('waits in line behind a rollout at work', async () => {
    const bench = new DefinitionBench([{ agent: { syncMs: 3 * MINUTE } }]);
    await bench.put();
    await bench.push(pushTo(A, { before: null }));
    await bench.settle(20 * SECOND);
    await start(bench, C);
    await bench.settle(20 * SECOND);
    expect((await bench.record()).pending).toMatchObject({ startedBy: bob, waiting: { code: 'RolloutAtWork' } });
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A, C]);
  });

  it.each([
    ['nothing was pushed yet', {}, undefined, 409, 'NothingToStart'],
    ['a digest of a Git repository', {}, `sha256:${'a'.repeat(64)}`, 400, 'InvalidRevision'],
    [
      'a commit that no followed ref is known of',
      { follows: { repository: 'https://git.example/shop', branch: 'release/*' } },
      A,
      409,
      'NothingToStart',
    ],
  ])('is refused: %s', async (_what, changes, revision, status, code) => {
    const bench = new DefinitionBench([{}]);
    await bench.put(changes);
    await expect(start(bench, revision)).rejects.toMatchObject({ status, code });
  });

  it('starts a commit that nobody has told of on the branch that the definition names', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    await start(bench, C);
    await bench.settle();
    expect((await bench.rollouts())[0]?.definition).toMatchObject({ commit: C, ref: 'main' });
  });

  it('is refused one on hold, one that would be ignored, and one of a definition that is not there', async () => {
    const bench = new DefinitionBench([{}]);
    await expect(start(bench)).rejects.toMatchObject({ status: 404, code: 'DefinitionNotFound' });
    await bench.put({ onNewRevision: 'ignoreWhileRunning' });
    await bench.push(pushTo(A, { before: null }));
    await bench.settle(15 * SECOND);
    await expect(start(bench)).rejects.toMatchObject({ status: 409, code: 'RolloutAtWork' });
    await bench.settle();
    await bench.hold(A);
    await expect(start(bench)).rejects.toMatchObject({ status: 409, code: 'RevisionHeld' });
  });
});
