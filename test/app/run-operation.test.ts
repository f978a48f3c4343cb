import { describe, expect, it } from 'vitest';
import { reserve, writesOf } from '../../src/app/budgets.ts';
import { runOperation } from '../../src/app/run-operation.ts';
import { Transient } from '../../src/contracts/errors.ts';
import type { OperationMessage } from '../../src/contracts/messages.ts';
import { desiredConfiguration } from '../../src/core/flux/desired.ts';
import type { ArmJson } from '../../src/ports/arm.ts';
import { COMMIT, configuration } from '../core/clusters.ts';
import { Bench, idOf, MINUTE, SECOND, withSaveLive } from './support.ts';

const C0 = idOf('c0');
const desired = desiredConfiguration(configuration(), {});
const properties = (changes: Record<string, unknown> = {}): ArmJson => ({
  ...(desired['properties'] as ArmJson),
  ...changes,
});
const OLD = properties({
  gitRepository: {
    ...(properties()['gitRepository'] as object),
    repositoryRef: { branch: 'main', commit: 'd'.repeat(40) },
  },
});

/** One cluster, queued, with its message in hand. */
async function queued(seed: ConstructorParameters<typeof Bench>[0][number] = {}, changes = {}) {
  const bench = new Bench([seed]);
  const { id } = await bench.submitAndPlan(changes);
  const message = bench.nextOperation()!;
  return { bench, id, message, deps: bench.deps, operate: (of = message) => runOperation(bench.deps, of) };
}

describe('an operation', () => {
  it('writes what is desired, records what was there, and awaits evidence younger than the server`s time of the write', async () => {
    const { bench, id, operate } = await queued({ configurations: { shop: OLD } });
    await operate();
    expect(bench.writes).toEqual([{ kind: 'configuration', verb: 'put', clusterId: C0, body: desired }]);
    expect(await bench.row(id)).toMatchObject({
      state: 'written',
      wrote: true,
      unmistakable: true,
      writtenAt: bench.clock.now(),
    });
    const original = await bench.deps.store.original(id, 0, 1);
    expect(original?.resource).toMatchObject({
      properties: { gitRepository: { repositoryRef: { commit: 'd'.repeat(40) } } },
    });
  });

  it('records that there was nothing, so that a rollback can remove it', async () => {
    const { bench, id, operate } = await queued();
    await operate();
    expect((await bench.deps.store.original(id, 0, 1))?.resource).toBeNull();
  });

  it('[apply.update] leaves a cluster alone that is as desired with good evidence', async () => {
    const { bench, id, operate } = await queued({ configurations: { shop: properties() } });
    await operate();
    expect(bench.writes).toEqual([]);
    expect(await bench.row(id)).toMatchObject({
      state: 'done',
      wrote: false,
      outcome: { verdict: 'Unchanged', code: 'AsDesired', evidence: { commit: `main@sha1:${COMMIT}` } },
    });
  });

  it.each(['Failed', 'Canceled'])(
    'writes again what is as desired but that Azure gave up (%s), once',
    async (provisioningState) => {
      const { bench, id, message, operate } = await queued({ configurations: { shop: properties() } });
      bench.arm.getConfiguration = async () => ({ ok: true, value: { properties: properties({ provisioningState }) } });
      bench.arm.putConfiguration = async () => ({ ok: false, fault: { kind: 'timedOut', detail: 'no answer' } });
      await operate();
      expect(bench.writes).toHaveLength(1);
      // The write is read back as desired: what Azure says of it now is this attempt's own failure.
      expect(await bench.row(id)).toMatchObject({ state: 'written', wrote: true, step: message.step });
    },
  );

  it('does nothing for a message that its row has left behind', async () => {
    const { bench, id, message, operate } = await queued();
    const stale: OperationMessage[] = [
      { ...message, step: 2 },
      { ...message, attempt: 2 },
      { ...message, ordinal: 9 },
      { ...message, rolloutId: 'other' },
    ];
    for (const one of stale) await operate(one);
    expect([bench.writes, (await bench.row(id))?.state]).toEqual([[], 'queued']);
  });

  it('does nothing when it is delivered twice', async () => {
    const { bench, operate } = await queued();
    await operate();
    await operate();
    expect(bench.writes).toHaveLength(1);
  });

  it('does nothing beside a handler that is at work', async () => {
    const { bench, operate } = await queued();
    let second: Promise<void> | undefined;
    bench.arm.putConfiguration = async (...call) => {
      second ??= operate();
      await second;
      return bench.real.putConfiguration(...call);
    };
    await operate();
    expect(bench.writes).toHaveLength(1);
  });

  it('does not begin after the deadline of its cluster, and says what it waited for', async () => {
    const { bench, id, message, deps, operate } = await queued();
    bench.arm.putConfiguration = async () => ({
      ok: false,
      fault: { kind: 'conflict', code: 'Busy', detail: 'another operation' },
    });
    await operate();
    const held = (await deps.store.liveRow(id, 0))!;
    await deps.store.saveLive(id, { ...held, value: { ...held.value, state: 'queued' } });
    bench.clock.advance(15 * MINUTE);
    await operate({ ...message, step: held.value.step });
    expect(await bench.row(id)).toMatchObject({ state: 'done', outcome: { verdict: 'TimedOut', code: 'Busy' } });
    expect((await bench.row(id))?.outcome?.detail).toContain('another operation');
    expect(bench.writes).toHaveLength(1);
  });
});

describe('a write whose outcome is unknown', () => {
  it('is read back: one that happened is not repeated', async () => {
    const { bench, id, operate } = await queued({ configurations: { shop: OLD } });
    bench.arm.putConfiguration = async (...call) => {
      await bench.real.putConfiguration(...call);
      return { ok: false, fault: { kind: 'timedOut', detail: 'no answer in 30 s' } };
    };
    const writtenAt = bench.clock.now();
    await operate();
    expect(await bench.row(id)).toMatchObject({ state: 'written', wrote: true, writtenAt });
    expect(bench.writes).toHaveLength(1);
  });

  it.each([
    { kind: 'timedOut', detail: 'no answer' },
    { kind: 'unavailable', code: 'HTTP503', detail: 'down' },
  ] as const)(
    'and did not happen ($kind) is tried again only when the first can no longer take effect',
    async (fault) => {
      const { bench, id, operate } = await queued();
      bench.arm.putConfiguration = async () => ({ ok: false, fault });
      await operate();
      const row = await bench.row(id);
      expect(row).toMatchObject({ state: 'held', wrote: true, tries: 1 });
      expect(row!.slotAt).toBeGreaterThanOrEqual(bench.clock.now() + 35 * SECOND);
      delete bench.arm.putConfiguration;
      expect((await bench.run(id)).status).toBe('Succeeded');
      expect(bench.writes).toHaveLength(2);
      expect(bench.writes[0]).toEqual(bench.writes[1]);
    },
  );

  it('because the handler died after it is found again by the next delivery: no second PUT', async () => {
    const { bench, id, deps, message } = await queued({ configurations: { shop: OLD } });
    let saves = 0;
    const store = withSaveLive(deps.store, (save, ...call) => {
      // Claim and intent are stored; the save after the PUT never happens.
      if (++saves === 3) throw new Transient('Crashed', 'the host is gone');
      return save(...call);
    });
    await expect(runOperation({ ...deps, store }, message)).rejects.toThrow(Transient);
    expect(await bench.row(id)).toMatchObject({ state: 'claimed', wrote: true });
    const writtenAt = bench.clock.now();
    bench.clock.advance(60 * SECOND);
    await runOperation(deps, message);
    expect(bench.writes).toHaveLength(1);
    expect(await bench.row(id)).toMatchObject({ state: 'written', wrote: true, writtenAt });
    expect((await deps.store.original(id, 0, 1))?.resource).toMatchObject({
      properties: { gitRepository: { repositoryRef: { commit: 'd'.repeat(40) } } },
    });
  });
});

describe('ARM says no', () => {
  it('with 429: nobody in the subscription gets a slot before Retry-After', async () => {
    const { bench, id, deps, operate } = await queued();
    bench.arm.putConfiguration = async () => ({ ok: false, fault: { kind: 'throttled', retryAfterMs: 20 * SECOND } });
    await operate();
    expect(await bench.row(id)).toMatchObject({
      state: 'held',
      slotAt: bench.clock.now() + 20 * SECOND,
      waiting: { code: 'Throttled' },
    });
    expect(await reserve(deps, writesOf(C0), 1, 19 * SECOND)).toEqual([]);
    expect(await reserve(deps, writesOf(C0), 1, 25 * SECOND)).toHaveLength(1);
  });

  it('for good: the cluster failed, with the reason of ARM', async () => {
    const { bench, id, operate } = await queued({ deniesWrites: true });
    await operate();
    expect(await bench.row(id)).toMatchObject({
      state: 'done',
      outcome: { verdict: 'Failed', code: 'RequestDisallowedByPolicy' },
    });
  });

  it('since the cluster is gone: it is skipped', async () => {
    const { bench, id, operate } = await queued();
    bench.azure.remove(C0);
    await operate();
    expect(await bench.row(id)).toMatchObject({
      state: 'done',
      outcome: { verdict: 'Skipped', code: 'ClusterNotFound' },
    });
  });

  it.each([
    ['scope', properties({ scope: 'namespace' })],
    ['namespace', properties({ namespace: 'other' })],
  ])('would be its answer to another %s, so it is not asked', async (field, shop) => {
    const { bench, id, operate } = await queued();
    bench.arm.getConfiguration = async () => ({ ok: true, value: { properties: shop } });
    await operate();
    expect(bench.writes).toEqual([]);
    const row = await bench.row(id);
    expect(row).toMatchObject({ state: 'done', outcome: { verdict: 'Failed', code: 'ImmutableField' } });
    expect(row?.outcome?.detail).toContain(field);
  });
});

describe('a cluster without the extension', () => {
  it('[extension.ensure] gets the extension first, alone, and the configuration once that is ready', async () => {
    const { bench, id, operate } = await queued({ hasExtension: false });
    await operate();
    expect(bench.writes).toMatchObject([
      { kind: 'extension', body: { properties: { extensionType: 'microsoft.flux' } } },
    ]);
    expect(await bench.row(id)).toMatchObject({ state: 'written', action: 0, wrote: true });
    expect((await bench.run(id)).status).toBe('Succeeded');
    expect(bench.writes.map(({ kind }) => kind)).toEqual(['extension', 'configuration']);
  });

  it('whose installation fails is Failed', async () => {
    const { bench, id, operate } = await queued({ hasExtension: false, agent: { install: 'fails' } });
    await operate();
    await bench.run(id, 10 * MINUTE);
    expect(await bench.results(id)).toEqual({ 0: 'Failed ExtensionFailed' });
    expect(bench.writes.map(({ kind }) => kind)).toEqual(['extension']);
  });
});

describe('the lease', () => {
  const lease = { clusterId: C0, subject: 'shop', epoch: 4, acquiredAt: 0 };

  it('of a newer rollout turns the cluster away, for ever: it may have been written already', async () => {
    const { bench, id, deps, operate } = await queued();
    await deps.leases.write({ ...lease, holder: undefined, newestHolder: 'ZZZ', expiresAt: 0 }, undefined);
    await operate();
    expect(bench.writes).toEqual([]);
    expect(await bench.row(id)).toMatchObject({ state: 'done', outcome: { verdict: 'Skipped', code: 'NewerRollout' } });
  });

  it('of an older rollout is waited for, and said so', async () => {
    const { bench, id, deps, operate } = await queued();
    await deps.leases.write(
      { ...lease, holder: '000', newestHolder: '000', expiresAt: bench.clock.now() + 5 * MINUTE },
      undefined,
    );
    await operate();
    expect(bench.writes).toEqual([]);
    expect(await bench.row(id)).toMatchObject({ state: 'held', waiting: { code: 'LeaseHeld', blockedBy: '000' } });
    expect((await bench.run(id)).status).toBe('Succeeded');
  });

  it('that has run out is taken under a higher epoch, and given back at the end', async () => {
    const { bench, id, deps, operate } = await queued();
    await deps.leases.write({ ...lease, holder: '000', newestHolder: '000', expiresAt: bench.clock.now() }, undefined);
    await operate();
    expect((await bench.row(id))?.lease).toMatchObject({ epoch: 5 });
    await bench.run(id);
    const after = (await deps.leases.read(C0, 'shop'))?.value;
    expect([after?.holder, after?.newestHolder, after?.epoch]).toEqual([undefined, id, 5]);
  });

  it('or claim that would run out during the request keeps the request from being sent', async () => {
    const { bench, id, deps, message } = await queued();
    const store = withSaveLive(deps.store, (save, ...call) => {
      if (call[1].value.wrote) bench.clock.advance(45 * SECOND);
      return save(...call);
    });
    await runOperation({ ...deps, store }, message);
    expect(bench.writes).toEqual([]);
    expect(await bench.row(id)).toMatchObject({ state: 'held', waiting: { code: 'TooLate' } });
  });
});
