import { describe, expect, it } from 'vitest';
import { runSweepShard } from '../../src/app/compliance/run-sweep-shard.ts';
import { startSweep } from '../../src/app/compliance/start-sweep.ts';
import { planRollout } from '../../src/app/plan-rollout.ts';
import { arbitratePlan } from '../../src/app/policy/arbitrate-plan.ts';
import { previewRollout } from '../../src/app/preview-rollout.ts';
import { SYSTEM } from '../../src/contracts/actor.ts';
import { Transient } from '../../src/contracts/errors.ts';
import { COMMIT, rawConfiguration, request, SUBSCRIPTION_A } from '../core/clusters.ts';
import { assignShop, IDENTITY, TWIN } from './assign.ts';
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

describe('a plan against an assignment that another configuration satisfies', () => {
  /** Two clusters, on the first of which somebody has what the assignment wants under another name. */
  function satisfied(): Bench {
    const bench = assigned({}, new Bench([{}, {}]));
    expect(bench.azure.configurations.put(C0, 'twin', TWIN)).not.toHaveProperty('kind');
    bench.clock.advance(MINUTE);
    return bench;
  }
  const preflightOf = async (bench: Bench, changes = {}) =>
    ((await previewRollout(bench.deps, request(changes))) as { preflight: { code: string }[] }).preflight;

  it('is no fight there, though the plan does not speak of that configuration', async () => {
    expect(await preflightOf(satisfied())).toMatchObject([
      { code: 'PolicyPreempts', clusters: [C0], detail: expect.stringContaining("content with 'twin'") as string },
      {
        code: 'PolicyFights',
        clusters: [idOf('c1')],
        detail: expect.not.stringContaining('could not be read') as string,
      },
    ]);
  });

  it('is one where the plan removes that configuration too', async () => {
    const remove = { name: 'twin', action: 'remove' };
    const change = { configurations: [rawConfiguration(), remove] };
    const fights = (await preflightOf(satisfied(), { change })).filter(({ code }) => code === 'PolicyFights');
    expect(fights).toMatchObject([{ clusters: [C0, idOf('c1')] }]);
  });

  it('is called one where what is there could not be read, and says so', async () => {
    const bench = satisfied();
    bench.deps.graph.allConfigurations = () => {
      throw new Transient('GraphUnavailable', 'away');
    };
    expect(await preflightOf(bench)).toMatchObject([
      {
        code: 'PolicyFights',
        clusters: [C0, idOf('c1')],
        detail: expect.stringContaining('could not be read') as string,
      },
    ]);
  });

  it('is called one where the clusters are too many to be read, and says so', async () => {
    const bench = satisfied();
    bench.deps.graph.allConfigurations = () => expect.fail('the fleet was read');
    const asked = request();
    const { plan, actions, fleet } = await planRollout(
      bench.deps,
      { ...asked, policy: { onFight: 'observe' } },
      'show',
    );
    const findings = await arbitratePlan(bench.deps, asked, actions, plan.targets, fleet.clusters, undefined);
    const unsure = { code: 'PolicyFights', detail: expect.stringContaining('could not be read') as string };
    expect(findings).toMatchObject([unsure, unsure]);
  });

  it('costs nothing where nothing fights', async () => {
    const bench = assigned({ configurationName: 'base' });
    bench.deps.graph.allConfigurations = () => expect.fail('the fleet was read for nothing');
    expect(await preflightOf(bench)).toEqual([]);
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

  it('keeps what Policy wanted while it cannot be read: no answer is no compliance', async () => {
    const bench = assigned();
    const shop = async () => (await sweep(bench)).find(({ subject }) => subject === 'shop');
    const before = await shop();
    bench.clock.advance(MINUTE);
    bench.policy.fault = { kind: 'unavailable', code: 'ServiceUnavailable', detail: 'away' };
    expect(await shop()).toEqual(before);
    bench.policy.fault = undefined;
    bench.policy.assigned.length = 0;
    expect(await shop()).toMatchObject({ state: 'Absent', drifts: [] });
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
