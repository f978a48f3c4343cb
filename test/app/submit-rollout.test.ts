import { describe, expect, it } from 'vitest';
import { receiveRequest } from '../../src/app/receive-request.ts';
import { refreshInventory } from '../../src/app/fleet.ts';
import { previewRollout } from '../../src/app/preview-rollout.ts';
import { listRollouts } from '../../src/app/read/list-rollouts.ts';
import { rolloutView } from '../../src/app/read/rollout-view.ts';
import { submitRollout } from '../../src/app/submit-rollout.ts';
import { Refusal, Transient } from '../../src/contracts/errors.ts';
import { rawConfiguration, rawRequest, request } from '../core/clusters.ts';
import { alice, Bench, bob, MINUTE } from './support.ts';

const onlyNames = (...names: string[]) => ({ target: { selector: { names } } });

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Refusal) return error;
  throw new Error(`not refused: ${String(error)}`);
}

describe('a submission', () => {
  it('freezes the clusters, wakes the engine and begins the audit trail', async () => {
    const bench = new Bench([{}, {}]);
    const rollout = await bench.submit();
    expect(rollout).toMatchObject({ status: 'Planning', targets: 2, createdBy: alice, eventSequence: 1 });
    expect(await bench.deps.store.events(rollout.id, 0, 10)).toMatchObject([
      { sequence: 1, events: [{ type: 'RolloutSubmitted', actor: alice }] },
    ]);
    bench.azure.add({ id: bench.azure.fleet(() => 0)[0]!.id.replace('c0', 'late') });
    expect((await bench.run(rollout.id)).status).toBe('Succeeded');
    expect(bench.writes).toHaveLength(2);
  });

  it('that cannot be planned stores nothing', async () => {
    const bench = new Bench([{}]);
    expect(await refusalOf(bench.submit(onlyNames('nope')))).toMatchObject({ status: 400, code: 'EmptySelection' });
    expect((await bench.deps.index.active()).rollouts).toEqual([]);
  });

  it('has the hash that its preview showed', async () => {
    const bench = new Bench([{}, { connected: false }]);
    const preview = (await previewRollout(bench.deps, request())) as { planHash: string; warnings: { code: string }[] };
    expect((await bench.submit()).planHash).toBe(preview.planHash);
    expect(preview.warnings.map(({ code }) => code)).toEqual(['ClustersOffline']);
    expect(bench.writes).toEqual([]);
  });
});

describe('a submission of a definition', () => {
  const definition = {
    name: 'shop',
    version: 3,
    generation: 7,
    repository: 'h/r',
    ref: 'main',
    commit: 'c'.repeat(40),
  };
  const submit = (bench: Bench) =>
    submitRollout(bench.deps, { request: request(), actor: alice, rolloutId: '01JFIXED', definition });

  it('has the id that was fixed beforehand, however often it is sent, and says where it comes from', async () => {
    const bench = new Bench([{}]);
    const first = await submit(bench);
    const again = await submit(bench);
    expect([first.created, again.created]).toEqual([true, false]);
    expect(first.rollout).toMatchObject({ id: '01JFIXED', definition });
    expect(again.rollout).toEqual(first.rollout);
    expect(rolloutView(again.rollout)).toMatchObject({ definition });
    const { items } = await listRollouts(bench.deps, {});
    expect(items).toMatchObject([{ id: '01JFIXED', definition: 'shop' }]);
  });

  it('sent twice at once is one rollout, and only one of the two has created it', async () => {
    const bench = new Bench([{}]);
    const both = await Promise.all([submit(bench), submit(bench)]);
    expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
    expect(both[0].rollout).toEqual(both[1].rollout);
  });

  it('has the plan hash that it has without a definition', async () => {
    const [bench, other] = [new Bench([{}]), new Bench([{}])];
    expect((await submit(bench)).rollout.planHash).toBe((await other.submit()).planHash);
  });
});

describe('an idempotency key', () => {
  const submit = (bench: Bench, key: string, changes = {}, actor = alice) =>
    submitRollout(bench.deps, { request: request(changes), actor, idempotencyKey: key });

  it('stands for one rollout, however often and however late it comes', async () => {
    const bench = new Bench([{}]);
    const first = await submit(bench, 'k');
    await bench.run(first.rollout.id);
    const again = await submit(bench, 'k');
    expect([first.created, again.created, again.rollout.id]).toEqual([true, false, first.rollout.id]);
  });

  it('stands for one rollout when it comes twice at once', async () => {
    const bench = new Bench([{}]);
    const both = await Promise.allSettled([submit(bench, 'k'), submit(bench, 'k')]);
    const ids = both.flatMap((one) => (one.status === 'fulfilled' ? one.value.rollout.id : []));
    expect(new Set(ids).size).toBe(1);
    expect((await bench.deps.index.active()).rollouts).toHaveLength(1);
  });

  it('is refused with another request, and says which rollout it stands for', async () => {
    const bench = new Bench([{}]);
    const { rollout } = await submit(bench, 'k');
    const refusal = await refusalOf(submit(bench, 'k', { name: 'other' }));
    expect(refusal).toMatchObject({ status: 409, code: 'IdempotencyKeyReused' });
    expect(refusal.message).toContain(rollout.id);
  });

  it('belongs to the one who sent it', async () => {
    const bench = new Bench([{}, {}]);
    await submit(bench, 'k', onlyNames('c0'));
    expect((await submit(bench, 'k', onlyNames('c1'), bob)).created).toBe(true);
  });

  it('finds what a submission that crashed half-way had begun', async () => {
    const bench = new Bench([{}]);
    const broken = {
      ...bench.deps,
      store: new Proxy(bench.deps.store, {
        get: (real, key) =>
          key === 'create'
            ? () => Promise.reject(new Transient('Down', 'storage'))
            : (Reflect.get(real, key) as () => void).bind(real),
      }),
    };
    await expect(submitRollout(broken, { request: request(), actor: alice, idempotencyKey: 'k' })).rejects.toThrow(
      Transient,
    );
    const { rollout, created } = await submit(bench, 'k');
    expect(created).toBe(true);
    expect((await bench.deps.index.active()).rollouts.map(({ rolloutId }) => rolloutId)).toEqual([rollout.id]);
  });
});

describe('two rollouts', () => {
  it('of the same configuration on the same cluster: the second is refused and names the first', async () => {
    const bench = new Bench([{}, {}]);
    const first = await bench.submit();
    const refusal = await refusalOf(bench.submit(onlyNames('c1')));
    expect(refusal).toMatchObject({ status: 409, code: 'OverlappingRollout' });
    expect(refusal.message).toContain(first.id);
    expect(refusal.message).toContain('1 of these clusters');
  });

  it('that come at once: exactly one wins', async () => {
    const bench = new Bench([{}, {}, {}]);
    await refreshInventory(bench.deps);
    const settled = await Promise.allSettled(Array.from({ length: 6 }, () => bench.submit()));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Refusal).code] : []));
    // Which of the two depends on how far the winner is when the others look.
    expect(reasons.filter((code) => code !== 'RolloutBeingSubmitted' && code !== 'OverlappingRollout')).toEqual([]);
    expect((await bench.deps.index.active()).rollouts).toHaveLength(1);
  });

  it('of other clusters, or of another configuration, do not mind each other', async () => {
    const bench = new Bench([{}, {}]);
    const all = [
      await bench.submit(onlyNames('c0')),
      await bench.submit(onlyNames('c1')),
      await bench.submit({ change: { configurations: [rawConfiguration({ name: 'other' })] } }),
    ];
    expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  });

  it('one after the other are fine once the first has ended', async () => {
    const bench = new Bench([{}]);
    await bench.run((await bench.submit()).id);
    const second = await bench.submit();
    expect((await bench.run(second.id)).status).toBe('Succeeded');
    expect(bench.writes).toHaveLength(1);
  });

  it('are not kept apart by a submission that was never finished', async () => {
    const bench = new Bench([{}]);
    const { version } = await bench.deps.index.active();
    await bench.deps.index.activate({ rolloutId: '000', subjects: ['shop'], createdAt: bench.clock.now() }, version);
    expect(await refusalOf(bench.submit())).toMatchObject({ code: 'RolloutBeingSubmitted' });
    bench.clock.advance(2 * MINUTE);
    expect((await bench.submit()).targets).toBe(1);
  });
});

describe('a request that comes by queue', () => {
  const inbox = () => {
    const settled: unknown[] = [];
    return {
      settled,
      complete: async (token: string) => void settled.push(token),
      deadLetter: async (_token: string, death: unknown) => void settled.push(death),
    };
  };
  const message = { body: rawRequest(), messageId: 'm1', lockToken: 't1' };

  it('starts one rollout, however often it is delivered', async () => {
    const bench = new Bench([{}]);
    const box = inbox();
    await receiveRequest(bench.deps, box, message);
    await receiveRequest(bench.deps, box, message);
    expect(box.settled).toEqual(['t1', 't1']);
    expect((await bench.deps.index.active()).rollouts).toHaveLength(1);
  });

  it('and is bad goes to the dead letters, with the reason', async () => {
    const box = inbox();
    await receiveRequest(new Bench([{}]).deps, box, { ...message, body: { ...rawRequest(), foo: 1 } });
    expect(box.settled).toEqual([
      { reason: 'InvalidRolloutRequest', description: 'foo: is not a field of this contract' },
    ]);
  });

  it('and meets a fault that passes stays where it is', async () => {
    const { deps } = new Bench([{}]);
    const box = inbox();
    const index = { ...deps.index, claimKey: () => Promise.reject(new Transient('Down', 'storage')) };
    await expect(receiveRequest({ ...deps, index }, box, message)).rejects.toThrow(Transient);
    expect(box.settled).toEqual([]);
  });
});
