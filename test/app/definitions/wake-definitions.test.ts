import { describe, expect, it } from 'vitest';
import { showDeadRevision } from '../../../src/app/definitions/show-dead-revision.ts';
import { dropOldRevisions, seeToDefinitions, wakeDefinitions } from '../../../src/app/definitions/wake-definitions.ts';
import { REVISIONS_QUEUE } from '../../../src/contracts/queues.ts';
import { MINUTE, SECOND } from '../support.ts';
import { commitOf, DefinitionBench, pushTo, replaced } from './support.ts';

const [A, B] = [commitOf(1), commitOf(2)];
const DAY = 24 * 60 * MINUTE;
const death = { reason: 'MaxDeliveryCountExceeded', description: 'ten times' };

/** A definition that one push came to; all of its messages are lost. */
async function withLostWakeup(): Promise<DefinitionBench> {
  const bench = new DefinitionBench([{}]);
  await bench.put();
  await bench.push(pushTo(A, { before: null }));
  bench.clock.advance(15 * SECOND);
  loseRevisions(bench);
  return bench;
}

function loseRevisions(bench: DefinitionBench): number {
  const queue = bench.bus.queues.get(REVISIONS_QUEUE)!;
  let lost = 0;
  for (let one = queue.receive(bench.clock.now()); one !== undefined; one = queue.receive(bench.clock.now())) {
    queue.complete(one, bench.clock.now());
    lost++;
  }
  return lost;
}

const queued = (bench: DefinitionBench) => bench.bus.queues.get(REVISIONS_QUEUE)!.size;

describe('the timer', () => {
  it('wakes a definition whose wake-up was lost, when it is overdue and not before', async () => {
    const bench = await withLostWakeup();
    await wakeDefinitions(bench.deps);
    expect(queued(bench)).toBe(0);
    bench.clock.advance(MINUTE);
    await wakeDefinitions(bench.deps);
    expect(queued(bench)).toBe(1);
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    bench.clock.advance(DAY);
    await wakeDefinitions(bench.deps);
    expect(queued(bench)).toBe(0);
  });

  it('reads all definitions once, and wakes them although polling fails', async () => {
    const bench = await withLostWakeup();
    bench.clock.advance(MINUTE);
    let reads = 0;
    const list = async () => {
      reads++;
      return bench.deps.definitions.list();
    };
    const definitions = replaced(bench.deps.definitions, { list });
    const gitRemote = replaced(bench.deps.gitRemote, { refs: () => Promise.reject(new RangeError('a bug')) });
    await expect(seeToDefinitions({ ...bench.deps, definitions, gitRemote })).rejects.toThrow('Polls failed');
    expect([reads, queued(bench)]).toEqual([1, 1]);
  });

  it('wakes one whose rollout has ended, with nothing behind it', async () => {
    const bench = await withLostWakeup();
    await bench.advance();
    const { running } = await bench.record();
    bench.deliverRevision = async () => loseRevisions(bench) > 0;
    await bench.run(running!.rolloutId);
    bench.clock.advance(2 * SECOND);
    loseRevisions(bench);
    expect((await bench.record()).running).toEqual(running);
    Reflect.deleteProperty(bench, 'deliverRevision');
    await wakeDefinitions(bench.deps);
    expect(queued(bench)).toBe(0);
    bench.clock.advance(MINUTE);
    await wakeDefinitions(bench.deps);
    bench.clock.advance(SECOND);
    expect(await bench.deliverRevision()).toBe(true);
    expect(await bench.record()).toMatchObject({ last: { revision: { commit: A }, status: 'Succeeded' } });
  });

  it('wakes one whose submission was cut short, and one that waits behind a rollout', async () => {
    const bench = await withLostWakeup();
    const index = replaced(bench.deps.index, { active: () => Promise.reject(new Error('killed')) });
    await expect(bench.advance('shop', { ...bench.deps, index })).rejects.toThrow('killed');
    expect((await bench.record()).running?.submitted).toBe(false);
    bench.clock.advance(2 * MINUTE);
    await wakeDefinitions(bench.deps);
    await bench.settle(10 * SECOND);
    expect(await bench.rolledOut()).toEqual([A]);
    await bench.push(pushTo(B, { before: A }));
    await bench.settle(15 * SECOND);
    bench.clock.advance(10 * MINUTE);
    loseRevisions(bench);
    await bench.settleWithTimers();
    expect(await bench.rolledOut()).toEqual([A, B]);
  });

  it('drops decisions and deliveries that are older than a month', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    await bench.claimAndRecord([pushTo(A, { before: null })]);
    await bench.push(pushTo(A, { before: null }));
    bench.clock.advance(29 * DAY);
    await bench.claimAndRecord([pushTo(B, { before: A })]);
    await bench.push(pushTo(B, { before: A }));
    await dropOldRevisions(bench.deps);
    expect(await bench.codes()).toHaveLength(3);
    bench.clock.advance(2 * DAY);
    await dropOldRevisions(bench.deps);
    expect((await bench.decisions()).map(({ commit }) => commit)).toEqual([A, B]);
    expect((await bench.deps.deliveries.list({ limit: 10 })).items).toHaveLength(1);
  });
});

describe('a message that failed every time', () => {
  it('is shown by its definition, which is left alone for five minutes and then tried again', async () => {
    const bench = await withLostWakeup();
    const message = { schema: 1, kind: 'definition', name: 'shop' };
    await showDeadRevision(bench.deps, message, death);
    expect((await bench.record()).fault).toEqual({
      at: bench.clock.now(),
      detail: 'This failed every time: MaxDeliveryCountExceeded. ten times',
    });
    bench.clock.advance(4 * MINUTE);
    await wakeDefinitions(bench.deps);
    expect(queued(bench)).toBe(0);
    bench.clock.advance(MINUTE);
    await wakeDefinitions(bench.deps);
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await bench.record()).not.toHaveProperty('fault');
  });

  it('is shown by its delivery, which can be sent in again', async () => {
    const bench = new DefinitionBench([{}]);
    await bench.put();
    const message = await bench.claimAndRecord([pushTo(A)]);
    await showDeadRevision(bench.deps, message, death);
    const shown = async () => (await bench.deps.deliveries.list({ limit: 1 })).items[0];
    expect(await shown()).toMatchObject({ outcome: 'Accepted', results: [{ code: 'ProcessingFailed' }] });
    await showDeadRevision(bench.deps, { ...message, redelivery: 7 }, death);
    expect(await shown()).not.toHaveProperty('processedAt');
  });

  it('changes nothing when it is none of ours, or what it is about is gone', async () => {
    const bench = new DefinitionBench([{}]);
    for (const body of [undefined, 'nonsense', { schema: 1, kind: 'definition', name: 'gone' }]) {
      await showDeadRevision(bench.deps, body, death);
    }
    const gone = { schema: 1, kind: 'delivery', hook: 'github', deliveryId: 'gone', redelivery: 0 };
    await showDeadRevision(bench.deps, gone, death);
    expect(await bench.deps.definitions.list()).toEqual([]);
    expect((await bench.deps.deliveries.list({ limit: 1 })).items).toEqual([]);
  });
});
