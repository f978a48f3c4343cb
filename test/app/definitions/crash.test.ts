import { describe, expect, it } from 'vitest';
import { advanceDefinition } from '../../../src/app/definitions/advance-definition.ts';
import { RevisionWorker } from '../../../src/app/definitions/receive-revision.ts';
import { DeliveryGate } from '../../../src/app/webhooks/gate.ts';
import { MINUTE, SECOND } from '../support.ts';
import { dieEverywhere } from '../dying.ts';
import { commitOf, DefinitionBench, pushTo } from './support.ts';

const FIRST = commitOf(1);
const SECOND_ONE = commitOf(2);

/** A definition whose revision is due. */
async function due(): Promise<DefinitionBench> {
  const bench = new DefinitionBench([{}]);
  await bench.put();
  await bench.push(pushTo(FIRST, { before: null }));
  bench.clock.advance(20 * SECOND);
  return bench;
}

/** The first revision is being rolled out, and will be for minutes; the second one waits. */
async function atWork(onNewRevision: string): Promise<DefinitionBench> {
  const bench = new DefinitionBench([{ agent: { syncMs: 3 * MINUTE } }, {}]);
  await bench.put({ onNewRevision });
  await bench.push(pushTo(FIRST, { before: null }));
  await bench.settle(30 * SECOND);
  await bench.push(pushTo(SECOND_ONE, { before: FIRST }));
  bench.clock.advance(20 * SECOND);
  return bench;
}

describe('killed at any call of anything, and delivered again', () => {
  it('a revision that is due gives exactly one rollout', async () => {
    const calls = await dieEverywhere(
      due,
      (_, deps) => advanceDefinition(deps, 'shop'),
      async (bench) => {
        await bench.advance();
        await bench.advance();
        await bench.settleWithTimers();
        expect(await bench.rolledOut()).toEqual([FIRST]);
        expect(await bench.codes()).toEqual(['Pending', 'Started', 'Ended']);
      },
    );
    expect(calls).toBeGreaterThan(25);
  });

  it('a delivery gives exactly one rollout', async () => {
    const calls = await dieEverywhere(
      async () => {
        const bench = new DefinitionBench([{}]);
        await bench.put();
        return Object.assign(bench, { message: await bench.claim([pushTo(FIRST, { before: null })]) });
      },
      ({ message }, deps) => new RevisionWorker(deps, new DeliveryGate()).receive(message),
      async (bench) => {
        await new RevisionWorker(bench.deps, new DeliveryGate()).receive(bench.message);
        await bench.settleWithTimers();
        expect(await bench.rolledOut()).toEqual([FIRST]);
        const [delivery] = (await bench.deps.deliveries.list({ limit: 1 })).items;
        expect(delivery?.results).toMatchObject([{ definition: 'shop' }]);
      },
    );
    expect(calls).toBeGreaterThan(4);
  });

  it('a newer revision takes the place of the rollout at work once', async () => {
    await dieEverywhere(
      () => atWork('supersede'),
      (_, deps) => advanceDefinition(deps, 'shop'),
      async (bench) => {
        await bench.advance();
        await bench.settleWithTimers();
        expect((await bench.rollouts()).map(({ status }) => status)).toEqual(['Superseded', 'Succeeded']);
        expect(await bench.rolledOut()).toEqual([FIRST, SECOND_ONE]);
        expect(bench.commitOn('c1')).toBe(SECOND_ONE);
      },
    );
  });

  it('the end of a rollout is seen once, and what was queued behind it starts once', async () => {
    await dieEverywhere(
      async () => {
        const bench = await atWork('queue');
        const [first] = await bench.rollouts();
        // Nobody but the test works on `revisions`.
        bench.deliverRevision = async () => false;
        await bench.run(first!.id);
        bench.clock.advance(MINUTE);
        Reflect.deleteProperty(bench, 'deliverRevision');
        return bench;
      },
      (_, deps) => advanceDefinition(deps, 'shop'),
      async (bench) => {
        await bench.advance();
        await bench.settleWithTimers();
        expect(await bench.rolledOut()).toEqual([FIRST, SECOND_ONE]);
        expect(await bench.codes()).toEqual(['Pending', 'Started', 'Pending', 'Ended', 'Started', 'Ended']);
      },
    );
  });
});
