import { describe, expect, it } from 'vitest';
import { runSweepShard } from '../../src/app/compliance/run-sweep-shard.ts';
import { startSweep } from '../../src/app/compliance/start-sweep.ts';
import { previewRollout } from '../../src/app/preview-rollout.ts';
import { SYSTEM } from '../../src/contracts/actor.ts';
import { COMMIT, rawConfiguration, request, SUBSCRIPTION_A } from '../core/clusters.ts';
import { assignShop, IDENTITY } from './assign.ts';
import { Bench, idOf, MINUTE } from './support.ts';

const C0 = idOf('c0');

/** A bench whose fleet an assignment of the public Git definition reaches, with these parameters. */
function assigned(parameters: Record<string, unknown> = {}, bench = new Bench([{}])): Bench {
  assignShop(bench.policy, parameters);
  return bench;
}

describe('a plan', () => {
  it('names the assignment that would fight it, cluster by cluster', async () => {
    const plan = (await previewRollout(assigned().deps, request())) as { preflight: { code: string }[] };
    expect(plan.preflight).toMatchObject([
      {
        code: 'PolicyFights',
        severity: 'warn',
        clusters: [C0],
        detail: expect.stringContaining('Shop everywhere') as string,
      },
    ]);
  });

  it('is refused, warned of or left alone as it says itself', async () => {
    const submit = (onFight: string) => assigned().submit({ policy: { onFight } });
    await expect(submit('fail')).rejects.toMatchObject({ status: 400, code: 'PolicyFights' });
    expect((await submit('warn')).warnings).toMatchObject([{ code: 'PolicyFights' }]);
    expect((await submit('observe')).warnings).toEqual([]);
  });

  it('says so when assignments cannot be read, and goes on', async () => {
    const bench = assigned();
    bench.policy.fault = { kind: 'unavailable', code: 'ServiceUnavailable', detail: 'away' };
    expect((await bench.submit()).warnings).toMatchObject([{ code: 'PolicyUnknown' }]);
  });
});

describe('a rollout', () => {
  it('whose write an assignment undoes stops that cluster, and says which one it was', async () => {
    const bench = assigned({}, new Bench([{ agent: { syncMs: 10 * MINUTE } }]));
    const { id } = await bench.submitAndPlan();
    while ((await bench.row(id))?.state !== 'written') {
      await bench.deliver();
      bench.clock.advance(1000);
    }
    const get = bench.real.getConfiguration.bind(bench.real);
    bench.arm.getConfiguration = async (...call) => {
      const found = await get(...call);
      if (!found.ok || found.value === undefined) return found;
      const properties = found.value['properties'] as object;
      const repositoryRef = { branch: 'main', commit: 'f'.repeat(40) };
      return {
        ok: true,
        value: {
          ...found.value,
          properties: { ...properties, gitRepository: { url: 'https://git.example/policy', repositoryRef } },
          systemData: {
            lastModifiedBy: IDENTITY,
            lastModifiedByType: 'Application',
            lastModifiedAt: new Date(bench.clock.now() + MINUTE).toISOString(),
          },
        },
      };
    };
    await bench.run(id);
    expect(await bench.results(id)).toEqual({ 0: 'Failed UndoneByPolicy' });
  });
});

describe('a sweep', () => {
  async function sweep(bench: Bench) {
    const { id } = await startSweep(bench.deps, SYSTEM);
    await runSweepShard(bench.deps, { schema: 1, sweepId: id, shard: 0 });
    const found = [];
    for await (const page of bench.deps.compliance.snapshots(SUBSCRIPTION_A)) found.push(...page);
    return found;
  }

  it('finds what Policy wants and is not there', async () => {
    const snapshots = await sweep(assigned());
    expect(snapshots.find(({ subject }) => subject === 'shop')).toMatchObject({
      state: 'Absent',
      drifts: [{ kind: 'PolicyNonCompliant', layer: 'policy', owner: expect.stringContaining('/shop') as string }],
    });
  });

  it('finds what the existence conditions of the definitions do not look at: a kustomization with another path', async () => {
    const bench = assigned({
      repositoryUrl: 'https://git.example/shop',
      kustomizationName: 'apps',
      kustomizationPath: './wanted',
    });
    const { id } = await bench.submit({
      change: { configurations: [rawConfiguration()] },
      policy: { onFight: 'observe' },
    });
    await bench.run(id);
    bench.clock.advance(MINUTE);
    const shop = (await sweep(bench)).find(({ subject }) => subject === 'shop');
    expect(shop?.drifts).toMatchObject([{ kind: 'PolicyNonCompliant' }]);
    expect(shop?.revision).toContain(COMMIT);
  });
});
