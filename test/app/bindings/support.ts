import { putBinding } from '../../../src/app/bindings/put-binding.ts';
import { reconcileBindings } from '../../../src/app/bindings/reconcile-bindings.ts';
import { runSweepShard } from '../../../src/app/compliance/run-sweep-shard.ts';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import { SYSTEM } from '../../../src/contracts/actor.ts';
import { Refusal } from '../../../src/contracts/errors.ts';
import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import { PolicyBinding, type BindingRecord } from '../../../src/contracts/policy-binding.ts';
import type { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { desiredConfiguration } from '../../../src/core/flux/desired.ts';
import type { ArmJson } from '../../../src/ports/arm.ts';
import type { PolicyAssignment } from '../../../src/core/policy/records.ts';
import { configuration } from '../../core/clusters.ts';
import { assignShop } from '../assign.ts';
import { alice, Bench, idOf, MINUTE } from '../support.ts';

export const HOUR = 60 * MINUTE;
const properties = desiredConfiguration(configuration(), {})['properties'] as ArmJson;
const wholeFleet = { strategy: { maxConcurrency: 100, stages: [{ name: 'all' }] } };

/** A bench with bindings: who changes what behind our back, and what comes of it. */
export class BindingBench extends Bench {
  /** A rollout over the fleet that has ended, and enough time for agents to have reported. */
  async rollOut(changes: Record<string, unknown> = {}): Promise<string> {
    const { id } = await this.submit({ ...wholeFleet, ...changes });
    await this.run(id);
    this.clock.advance(MINUTE);
    return id;
  }

  async put(changes: Record<string, unknown> = {}, name = 'keep', actor = alice): Promise<BindingRecord> {
    const binding = PolicyBinding.parse({
      source: { lastRollout: true },
      mode: 'correct',
      every: '15m',
      limits: { maxDriftShare: '100%', maxConcurrency: 100 },
      ...changes,
    });
    return (await putBinding(this.deps, { name, binding, actor })).record;
  }

  /** Somebody edits the configuration in the portal. */
  edit(...names: string[]): void {
    for (const name of names) this.azure.configurations.put(idOf(name), 'shop', { ...properties, suspend: true });
    this.clock.advance(MINUTE);
  }

  /** Somebody deletes it. */
  drop(...names: string[]): void {
    for (const name of names) this.azure.configurations.remove(idOf(name), 'shop', true);
    this.clock.advance(MINUTE);
  }

  /** A complete sweep; answers its id. */
  async sweep(deps = this.deps): Promise<string> {
    const { id, shards } = await startSweep(deps, SYSTEM);
    for (let shard = 0; shard < shards; shard++) await runSweepShard(deps, { schema: 1, sweepId: id, shard });
    this.clock.advance(1);
    return id;
  }

  /** A sweep and the tick after it; answers the binding. */
  async sweepAndTick(name = 'keep'): Promise<BindingRecord> {
    await this.sweep();
    return this.tick(name);
  }

  async tick(name = 'keep'): Promise<BindingRecord> {
    await reconcileBindings(this.deps);
    return this.binding(name);
  }

  async binding(name = 'keep'): Promise<BindingRecord> {
    return (await this.deps.bindings.read(name))!.value;
  }

  /** The requests of all rollouts that bindings submitted, oldest first, by id. */
  async corrections(): Promise<{ id: string; request: RolloutRequest; status: string; by: string }[]> {
    const { items } = await this.deps.index.list({ limit: 1000 });
    const ids = items.filter(({ name }) => name.startsWith('drift-')).map(({ rolloutId }) => rolloutId);
    return Promise.all(
      ids.reverse().map(async (id) => {
        const { status, createdBy } = await this.rollout(id);
        return { id, request: await this.deps.store.request(id), status, by: `${createdBy.kind} ${createdBy.name}` };
      }),
    );
  }

  /** Runs every correction to its end, then lets the next run of a binding fall due. */
  async settle(): Promise<void> {
    for (const { id } of await this.corrections()) await this.run(id);
    this.clock.advance(15 * MINUTE);
  }

  async hasOpenRollouts(): Promise<boolean> {
    const { rollouts } = await this.deps.index.active();
    const headers = await Promise.all(rollouts.map(({ rolloutId }) => this.rollout(rolloutId)));
    return headers.some(({ status }) => !hasEnded(status));
  }

  /** An assignment of the public Git definition that wants another source than was rolled out. */
  assign(changes: Partial<PolicyAssignment> = {}, parameters: Record<string, unknown> = {}): void {
    assignShop(this.policy, parameters, changes);
  }
}

/** So many clusters `c0`, `c1`, …. */
export function bench(clusters: number): BindingBench {
  return new BindingBench(Array.from({ length: clusters }, () => ({})));
}

/** The codes of held clusters by the end of their names. */
export function heldCodes({ lastRun }: BindingRecord): Record<string, string> {
  return Object.fromEntries(
    (lastRun?.held ?? []).map(({ clusterId, code }) => [clusterId.split('/').at(-1) ?? '', code]),
  );
}

export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Refusal) return error;
  throw new Error(`not refused: ${String(error)}`);
}
