import { describe, expect, it } from 'vitest';
import { changeDefinition } from '../../../src/app/definitions/change-definition.ts';
import type { PendingRevision, RunningRevision } from '../../../src/contracts/definition.ts';
import { Refusal } from '../../../src/contracts/errors.ts';
import { pinRollout } from '../../../src/core/definition/pin.ts';
import { submitRollout } from '../../../src/app/submit-rollout.ts';
import { alice, SECOND } from '../support.ts';
import { commitOf, DefinitionBench, pushTo, replaced } from './support.ts';

const [A, B] = [commitOf(1), commitOf(2)];

/** A definition whose revision is due. */
async function due(): Promise<DefinitionBench> {
  const bench = new DefinitionBench([{}]);
  await bench.put();
  await bench.push(pushTo(A, { before: null }));
  bench.clock.advance(20 * SECOND);
  return bench;
}

describe('a definition that several look at at once', () => {
  it('starts one rollout', async () => {
    const bench = await due();
    await Promise.all(Array.from({ length: 8 }, () => bench.advance()));
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await bench.codes()).toEqual(['Pending', 'Started', 'Ended']);
  });

  it('takes in pushes at the same time', async () => {
    const bench = await due();
    await Promise.all([bench.advance(), bench.push(pushTo(B, { before: A })), bench.advance()]);
    await bench.settle();
    expect((await bench.rolledOut()).at(-1)).toBe(B);
    expect((await bench.codes()).filter((code) => code === 'Started')).toHaveLength((await bench.rollouts()).length);
  });

  it('knows the rollout of one that got through after another had found it blocked', async () => {
    const bench = await due();
    const active = () => Promise.reject(new Refusal(409, 'OverlappingRollout', 'Rollout X is at work.'));
    await bench.advance('shop', { ...bench.deps, index: replaced(bench.deps.index, { active }) });
    const { pending } = await bench.record();
    expect(pending?.waiting?.code).toBe('OverlappingRollout');
    await submit(bench, pending!);
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await bench.codes()).toEqual(['Pending', 'Started', 'Ended']);
  });

  it('knows the rollout of one that got through while another was refused', async () => {
    const bench = await due();
    const active = async () => {
      await submit(bench, (await bench.record()).running!);
      throw new Refusal(400, 'NothingSelected', 'No cluster is selected.');
    };
    await bench.advance('shop', { ...bench.deps, index: replaced(bench.deps.index, { active }) });
    await bench.settle();
    expect(await bench.rolledOut()).toEqual([A]);
    expect(await bench.codes()).toEqual(['Pending', 'Started', 'Ended']);
  });

  it('leaves what runs by now alone when an older submission was refused', async () => {
    const bench = await due();
    const active = async () => {
      await changeDefinition(bench.deps, 'shop', ({ running, ...record }) => ({
        record: { ...record, running: { ...running!, generation: 2, rolloutId: bench.deps.ids.next() } },
        decisions: [],
      }));
      throw new Refusal(400, 'NothingSelected', 'No cluster is selected.');
    };
    const { index: real } = bench.deps;
    let calls = 0;
    const index = replaced(real, { active: () => (calls++ === 0 ? active() : real.active()) });
    await bench.advance('shop', { ...bench.deps, index });
    await bench.settle();
    expect(await bench.codes()).toEqual(['Pending', 'Started', 'Ended']);
    expect((await bench.rollouts())[0]?.definition?.generation).toBe(2);
  });
});

/** Submits the rollout of a revision, as somebody else does who looks at the definition at the same time. */
async function submit(bench: DefinitionBench, { revision, rolloutId, generation }: PendingRevision | RunningRevision) {
  const { repository, commit, ref } = revision;
  const { definition } = await bench.record();
  await submitRollout(bench.deps, {
    request: pinRollout(definition, 'shop', revision),
    actor: alice,
    rolloutId,
    definition: { name: 'shop', version: 1, generation, repository, ref: ref.name, commit },
  });
}
