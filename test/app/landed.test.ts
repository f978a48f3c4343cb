import { describe, expect, it } from 'vitest';
import { Bench, MINUTE, SECOND } from './support.ts';

const failed = { extension: { provisioningState: 'Failed' } };
const repairing = (repair: string, more: Record<string, unknown> = {}) => ({
  change: { ...more, extension: { action: 'ensure', repair }, configurations: [] },
});
const THROTTLED = { ok: false, fault: { kind: 'throttled', retryAfterMs: 20 * SECOND } } as const;

describe('a repair', () => {
  it.each([
    { repair: 'rewrite', call: 'putExtension', expected: ['put', 'put'] },
    { repair: 'recreate', call: 'deleteExtension', expected: ['delete', 'delete', 'put'] },
  ] as const)('by $repair that ARM did not take is tried again, not judged', async ({ repair, call, expected }) => {
    const bench = new Bench([failed]);
    bench.arm[call] = async () => {
      delete bench.arm[call];
      return THROTTLED;
    };
    const { id } = await bench.submit(repairing(repair));
    expect((await bench.run(id)).status).toBe('Succeeded');
    expect(bench.writes.map(({ verb }) => verb)).toEqual(expected);
  });

  it('that fails again is not tried a second time', async () => {
    const bench = new Bench([{ ...failed, agent: { install: 'fails' } }]);
    const { id } = await bench.submit(repairing('rewrite'));
    await bench.run(id, 10 * MINUTE);
    expect(await bench.results(id)).toEqual({ 0: 'Failed ExtensionFailed' });
    expect(bench.writes).toHaveLength(1);
  });

  it('by recreate removes the extension, too, where something else was removed before', async () => {
    const bench = new Bench([{ ...failed, fluxV1: ['legacy'] }]);
    const { id } = await bench.submit(repairing('recreate', { fluxV1: 'remove' }));
    expect((await bench.run(id)).status).toBe('Succeeded');
    expect(bench.writes.map(({ kind, verb }) => `${verb} ${kind}`)).toEqual([
      'delete fluxV1',
      'delete extension',
      'put extension',
    ]);
  });
});

describe('an extension that the plan found working', () => {
  it('is read before it is called unchanged, when nothing else would prove it', async () => {
    const bench = new Bench([{}]);
    const { id } = await bench.submitAndPlan({ change: { extension: { action: 'ensure' }, configurations: [] } });
    bench.azure.extensions.remove((await bench.row(id))!.target.clusterId, 'flux', true);
    expect((await bench.run(id)).status).toBe('Succeeded');
    expect(bench.writes.map(({ verb }) => verb)).toEqual(['put']);
  });
});

describe('an action that is found done', () => {
  it('passes a fresh deadline on to the next one, which the same claim begins', async () => {
    const bench = new Bench([{ fluxV1: ['legacy'] }]);
    const { id } = await bench.submitAndPlan({
      change: { fluxV1: 'remove', extension: { action: 'ensure', version: '1.23.0' }, configurations: [] },
    });
    // The first action waits for most of its time, and then somebody else has done it.
    bench.arm.listFluxV1 = async () => THROTTLED;
    while ((await bench.row(id))?.startedAt === undefined) {
      await bench.deliver();
      bench.clock.advance(SECOND);
    }
    await bench.run(id, 14 * MINUTE);
    bench.arm.listFluxV1 = async () => ({ ok: true, value: [] });
    bench.azure.removeFluxV1((await bench.row(id))!.target.clusterId, 'legacy');
    while ((await bench.row(id))?.state !== 'written') {
      await bench.deliver();
      bench.clock.advance(SECOND);
    }
    const row = (await bench.row(id))!;
    expect(row).toMatchObject({ action: 1, changed: false, wrote: true });
    expect(row.deadlineAt! - row.since).toBeGreaterThan(14 * MINUTE);
  });
});
