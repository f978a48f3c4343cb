import { describe, expect, it } from 'vitest';
import { SweepShard, type ComplianceCounts, type Snapshot } from '../../../src/contracts/compliance.ts';
import { addCounts, boundedCounts, countCluster, emptyCounts } from '../../../src/core/compliance/counts.ts';

function snapshot(changes: Partial<Snapshot>): Snapshot {
  const times = { firstSeenAt: 1, changedAt: 1 };
  return { schema: 1, clusterId: 'c', subject: 'shop', state: 'Compliant', drifts: [], ...times, ...changes };
}

function counted(...snapshots: Snapshot[]): ComplianceCounts {
  const counts = emptyCounts();
  countCluster(counts, { subscriptionId: 'sub', tags: [] }, snapshots);
  return counts;
}

describe('counts', () => {
  it('by stage: subjects by the stage of their last successful rollout, then by state', () => {
    const counts = addCounts([
      counted(snapshot({ stage: 'canary' }), snapshot({ subject: 'infra' })),
      counted(snapshot({ stage: 'canary', state: 'Failed' }), snapshot({ subject: 'infra', stage: 'rest' })),
    ]);
    expect(counts.byStage).toEqual({ canary: { Compliant: 1, Failed: 1 }, rest: { Compliant: 1 } });
  });

  it('of clusters: each by the worst state on it, those with nothing to show in none', () => {
    const counts = addCounts([
      counted(snapshot({}), snapshot({ subject: 'infra', state: 'Failed' })),
      counted(snapshot({})),
      counted(snapshot({ state: 'Failed' })),
      counted(),
    ]);
    expect(counts).toMatchObject({ clusters: 4, clustersByState: { Failed: 2, Compliant: 1 } });
    expect(counts.clustersByState).toEqual({ Failed: 2, Compliant: 1 });
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('of what is called %s', (name) => {
    const counts = addCounts([counted(snapshot({ subject: name, stage: name }))]);
    expect(JSON.parse(JSON.stringify(counts))).toMatchObject({
      byConfiguration: { [name]: { Compliant: 1 } },
      byStage: { [name]: { Compliant: 1 } },
    });
  });

  it('fit into one row whatever things are called, and keep what is most frequent', () => {
    const counts = emptyCounts();
    const name = (n: number, length: number): string => String(n).padEnd(length, 'x');
    for (let n = 0; n < 1000; n++) {
      const subject = name(n, 63);
      const tags = n === 999 ? [] : [`${name(n, 512)}=${'y'.repeat(256)}`];
      const own = snapshot({ subject, stage: subject, revision: 'z'.repeat(256) });
      countCluster(counts, { subscriptionId: 'sub', tags }, [own]);
    }
    for (let n = 0; n < 2; n++) {
      const most = snapshot({ subject: 'most', stage: 'most', revision: 'most' });
      countCluster(counts, { subscriptionId: 'sub', tags: ['most=1'] }, [most]);
    }
    const bounded = boundedCounts(counts);
    expect(JSON.stringify(bounded).length).toBeLessThan(400 * 1024);
    expect(bounded).toMatchObject({ clusters: 1002, byState: { Compliant: 1002 } });
    for (const byName of [bounded.byConfiguration, bounded.byStage, bounded.byTag]) {
      expect(Object.values(byName)[0]).toEqual({ Compliant: 2 });
    }
    expect(Object.keys(bounded.byRevision)[0]).toBe('most most');
  });

  it('of sweeps from before stages and states of clusters were counted have none', () => {
    const { byStage: _, clustersByState: __, ...before } = emptyCounts();
    const shard = { schema: 1, sweepId: 's', shard: 0, subscriptions: ['sub'], doneAt: 1, counts: before };
    expect(SweepShard.parse(shard).counts).toMatchObject({ byStage: {}, clustersByState: {} });
  });
});
