import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../local/clock.ts';
import { MemoryArm } from '../../../src/adapters/memory/arm.ts';
import { AzureWorld } from '../../../src/adapters/memory/azure-world.ts';
import { MemoryGraph } from '../../../src/adapters/memory/graph.ts';
import type { ArmJson } from '../../../src/ports/arm.ts';

const SUBSCRIPTION = '00000000-0000-4000-a000-000000000001';
const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/edge-1`;
const OLD = 'a'.repeat(40);
const NEW = 'b'.repeat(40);

function body(commit: string): ArmJson {
  return {
    properties: {
      sourceKind: 'GitRepository',
      gitRepository: { url: 'https://git.example/fleet', repositoryRef: { branch: 'main', commit } },
      kustomizations: { apps: { path: './apps' } },
    },
  };
}

interface Seen {
  readonly provisioningState: unknown;
  readonly complianceState: unknown;
  readonly commit: string;
}

let clock: ManualClock;
let world: AzureWorld;
let arm: MemoryArm;

beforeEach(() => {
  clock = new ManualClock();
  world = new AzureWorld(clock);
  arm = new MemoryArm(world);
});

async function look(): Promise<Seen | undefined> {
  const answer = await arm.getConfiguration(ID, 'app');
  if (!answer.ok || answer.value === undefined) return undefined;
  const properties = answer.value['properties'] as Record<string, unknown>;
  const { provisioningState, complianceState, sourceSyncedCommitId } = properties;
  return { provisioningState, complianceState, commit: String(sourceSyncedCommitId) };
}

describe('a simulated cluster', () => {
  it('keeps showing the old revision as Compliant until its agent has synced the new one', async () => {
    world.add({ id: ID, configurations: { app: body(OLD)['properties'] as ArmJson } });
    expect((await arm.putConfiguration(ID, 'app', body(NEW))).ok).toBe(true);
    expect(await look()).toEqual({
      provisioningState: 'Updating',
      complianceState: 'Compliant',
      commit: `main@sha1:${OLD}`,
    });
    clock.advance(10_000);
    expect(await look()).toEqual({
      provisioningState: 'Succeeded',
      complianceState: 'Compliant',
      commit: `main@sha1:${OLD}`,
    });
    clock.advance(20_000);
    expect(await look()).toEqual({
      provisioningState: 'Succeeded',
      complianceState: 'Compliant',
      commit: `main@sha1:${NEW}`,
    });
  });

  it('may repeat the old status with a new time before it has synced', async () => {
    world.add({
      id: ID,
      agent: { repeatsOldStatus: true },
      configurations: { app: body(OLD)['properties'] as ArmJson },
    });
    await arm.putConfiguration(ID, 'app', body(NEW));
    const writtenAt = clock.now();
    clock.advance(20_000);
    expect(world.cluster(ID)?.configurations.get('app')?.report).toMatchObject({
      generation: 1,
      commit: `main@sha1:${OLD}`,
    });
    expect(world.cluster(ID)?.configurations.get('app')?.report?.at).toBeGreaterThan(writtenAt);
  });

  it('takes one write at a time', async () => {
    world.add({ id: ID });
    await arm.putConfiguration(ID, 'app', body(NEW));
    expect(await arm.putConfiguration(ID, 'other', body(NEW))).toMatchObject({
      ok: false,
      fault: { kind: 'conflict' },
    });
    clock.advance(10_000);
    expect((await arm.putConfiguration(ID, 'other', body(NEW))).ok).toBe(true);
  });

  it('stays busy for ever when it is stuck', async () => {
    world.add({ id: ID, agent: { outcome: 'stuck' } });
    await arm.putConfiguration(ID, 'app', body(NEW));
    clock.advance(24 * 3_600_000);
    expect(await look()).toMatchObject({ provisioningState: 'Creating', complianceState: 'Pending' });
    expect(await arm.putConfiguration(ID, 'app', body(NEW))).toMatchObject({ ok: false, fault: { kind: 'conflict' } });
  });

  it('does nothing while it is not connected, and goes on when it is back', async () => {
    world.add({ id: ID, connected: false });
    await arm.putConfiguration(ID, 'app', body(NEW));
    clock.advance(3_600_000);
    expect(await look()).toMatchObject({ provisioningState: 'Creating' });
    world.connect(ID, true);
    clock.advance(30_000);
    expect(await look()).toMatchObject({ provisioningState: 'Succeeded', complianceState: 'Compliant' });
  });

  it('does not take a configuration up without the extension', async () => {
    world.add({ id: ID, hasExtension: false });
    await arm.putConfiguration(ID, 'app', body(NEW));
    clock.advance(3_600_000);
    expect(await look()).toMatchObject({ provisioningState: 'Creating' });
  });

  it('shows its extension once it is installed', async () => {
    world.add({ id: ID, hasExtension: false });
    expect(await arm.findFluxExtension(ID)).toEqual({ ok: true, value: undefined });
    await arm.putExtension(ID, 'flux', {});
    expect(world.cluster(ID)?.extension?.provisioningState).toBe('Creating');
    clock.advance(60_000);
    expect(await arm.findFluxExtension(ID)).toMatchObject({
      value: {
        name: 'flux',
        resource: { properties: { extensionType: 'microsoft.flux', provisioningState: 'Succeeded' } },
      },
    });
  });

  it('forgets everything when it is made again under the same id', async () => {
    world.add({ id: ID });
    await arm.putConfiguration(ID, 'app', body(NEW));
    world.remove(ID);
    expect(await arm.getConfiguration(ID, 'app')).toMatchObject({ ok: false, fault: { kind: 'clusterNotFound' } });
    world.add({ id: ID.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions') });
    clock.advance(60_000);
    expect(await look()).toBeUndefined();
  });
});

describe('throttling', () => {
  it('refuses beyond the bucket, and again until Retry-After has passed', async () => {
    world.add({ id: ID });
    arm = new MemoryArm(world, {
      writes: { capacity: 1, refillPerSecond: 0.1 },
      reads: { capacity: 9, refillPerSecond: 9 },
    });
    await arm.putConfiguration(ID, 'app', body(NEW));
    clock.advance(4000);
    const refused = { ok: false, fault: { kind: 'throttled', retryAfterMs: 6000 } };
    expect(await arm.putConfiguration(ID, 'app', body(NEW))).toEqual(refused);
    clock.advance(5999);
    expect(await arm.putConfiguration(ID, 'app', body(NEW))).toMatchObject({
      ok: false,
      fault: { kind: 'throttled', retryAfterMs: 1 },
    });
    clock.advance(30_000);
    expect((await arm.putConfiguration(ID, 'app', body(NEW))).ok).toBe(true);
  });
});

describe('Resource Graph', () => {
  it('shows each cluster as it was some time ago', async () => {
    world.add({ id: ID });
    clock.advance(60_000);
    await arm.putConfiguration(ID, 'app', body(NEW));
    clock.advance(60_000);
    const rows = async (lagMs: number): Promise<unknown[]> => {
      const graph = new MemoryGraph(world, () => lagMs);
      const query = { name: 'app', subscriptions: [SUBSCRIPTION] };
      return await collect(graph.configurations(query));
    };
    expect(await rows(90_000)).toEqual([]);
    expect(await rows(55_000)).toMatchObject([{ provisioningState: 'Creating', complianceState: 'Pending' }]);
    expect(await rows(0)).toMatchObject([
      { clusterId: ID, complianceState: 'Compliant', sourceSyncedCommitId: `main@sha1:${NEW}` },
    ]);
  });

  it('leaves out what is deleted, and says who is offline', async () => {
    const other = ID.replace('edge-1', 'edge-2');
    world.add({ id: ID, connected: false });
    world.add({ id: other });
    world.remove(other);
    const graph = new MemoryGraph(world);
    const answer = await collect(graph.connectivity([ID, other]));
    expect(answer).toEqual([{ clusterId: ID, offline: true, connectivity: 'Offline' }]);
  });
});

async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
