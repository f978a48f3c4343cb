import { beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contracts/compliance.ts';
import type { ComplianceStore } from '../../src/ports/compliance-store.ts';
import {
  baseline,
  CLUSTER,
  clusterIn,
  collect,
  OTHER_SUBSCRIPTION,
  snapshot,
  sorted,
  SUBSCRIPTION,
} from './compliance-rows.ts';
import { complianceHistory } from './compliance-history.ts';
import { complianceSweeps } from './compliance-sweeps.ts';
import { NASTY_NAMES, type OpenStores } from './stores.ts';

/** Snapshots, history, baselines and sweeps. */
export function complianceStoreSuite(open: OpenStores): void {
  describe('ComplianceStore', () => {
    snapshots(open);
    complianceHistory(open);
    baselines(open);
    forgetting(open);
    complianceSweeps(open);
  });
}

function snapshots(open: OpenStores): void {
  describe('snapshots', () => {
    let store: ComplianceStore;
    beforeEach(async () => {
      store = (await open()).compliance;
    });

    it('are none at first, and none of nothing', async () => {
      expect(await collect(store.snapshots(SUBSCRIPTION))).toEqual([]);
      await store.writeSnapshots(SUBSCRIPTION, { changed: [] });
      expect(await collect(store.snapshots(SUBSCRIPTION))).toEqual([]);
    });

    it('are replaced by later ones of the same cluster, in any casing, and subject', async () => {
      await store.writeSnapshots(SUBSCRIPTION, { changed: [snapshot(), snapshot({ subject: 'infra' })] });
      const changed = snapshot({ clusterId: CLUSTER.toUpperCase(), state: 'Failed', changedAt: 2000 });
      await store.writeSnapshots(SUBSCRIPTION.toUpperCase(), { changed: [changed] });
      const found = await collect(store.snapshots(SUBSCRIPTION));
      expect(sorted(found)).toEqual(sorted([changed, snapshot({ subject: 'infra' })]));
    });

    it('keep every field', async () => {
      const whole = snapshot({
        provisioningState: 'Succeeded',
        revision: 'main@sha1:ä名😀',
        detail: 'x'.repeat(1000),
        drifts: [
          { kind: 'Modified', layer: 'plan', path: 'a.b', desired: { a: [1, null] }, detail: 'd', firstSeenAt: 1 },
        ],
      });
      await store.writeSnapshots(SUBSCRIPTION, { changed: [whole] });
      expect(await collect(store.snapshots(SUBSCRIPTION))).toEqual([whole]);
    });

    it('of one subject in one write: the last counts', async () => {
      await store.writeSnapshots(SUBSCRIPTION, { changed: [snapshot(), snapshot({ state: 'Stale' })] });
      expect(await collect(store.snapshots(SUBSCRIPTION))).toEqual([snapshot({ state: 'Stale' })]);
    });

    it('are those of the subscription only, by the thousand, in pages', async () => {
      const changed = Array.from({ length: 1203 }, (_, n) => snapshot({ clusterId: clusterIn(SUBSCRIPTION, `c${n}`) }));
      await store.writeSnapshots(SUBSCRIPTION, { changed });
      const other = snapshot({ clusterId: clusterIn(OTHER_SUBSCRIPTION, 'x') });
      await store.writeSnapshots(OTHER_SUBSCRIPTION, { changed: [other] });
      const pages: Snapshot[][] = [];
      for await (const page of store.snapshots(SUBSCRIPTION)) pages.push([...page]);
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(1000);
      expect(sorted(pages.flat())).toEqual(sorted(changed));
      expect(await collect(store.snapshots(OTHER_SUBSCRIPTION))).toEqual([other]);
    });

    it('are told apart whatever the names are', async () => {
      const changed = NASTY_NAMES.flatMap((name) => [
        snapshot({ clusterId: clusterIn(SUBSCRIPTION, name) }),
        snapshot({ subject: name }),
      ]);
      await store.writeSnapshots(SUBSCRIPTION, { changed });
      expect(sorted(await collect(store.snapshots(SUBSCRIPTION)))).toEqual(sorted(changed));
      for (const { subject } of changed) {
        const entries = await store.history(CLUSTER, { since: 0, limit: 1, subject });
        expect(entries).toHaveLength(
          changed.some((one) => one.clusterId === CLUSTER && one.subject === subject) ? 1 : 0,
        );
      }
    });
  });
}

function baselines(open: OpenStores): void {
  describe('baselines', () => {
    let store: ComplianceStore;
    beforeEach(async () => {
      store = (await open()).compliance;
    });

    it('are kept by subscription, apart from snapshots', async () => {
      const other = baseline({ clusterId: clusterIn(OTHER_SUBSCRIPTION, 'x') });
      await store.writeSnapshots(SUBSCRIPTION, { changed: [snapshot()] });
      await store.writeBaselines([baseline(), baseline({ subject: 'infra' }), other]);
      expect(sorted(await collect(store.baselines(SUBSCRIPTION)))).toEqual(
        sorted([baseline(), baseline({ subject: 'infra' })]),
      );
      expect(await collect(store.baselines(OTHER_SUBSCRIPTION))).toEqual([other]);
      expect(await collect(store.snapshots(SUBSCRIPTION))).toEqual([snapshot()]);
    });

    it('give way to a newer verdict, or one of the same moment, and to no older one', async () => {
      await store.writeBaselines([baseline({ at: 2000, rolloutId: 'r2' })]);
      await store.writeBaselines([baseline({ at: 1000, rolloutId: 'r1' }), baseline({ subject: 'infra', at: 1 })]);
      const rollouts = async (): Promise<string[]> =>
        sorted(await collect(store.baselines(SUBSCRIPTION))).map(({ subject, rolloutId }) => `${subject} ${rolloutId}`);
      expect(await rollouts()).toEqual(['infra r1', 'shop r2']);
      await store.writeBaselines([baseline({ clusterId: CLUSTER.toLowerCase(), at: 2000, rolloutId: 'r3' })]);
      expect(await rollouts()).toEqual(['infra r1', 'shop r3']);
      await store.writeBaselines([baseline({ clusterId: CLUSTER.toLowerCase(), at: 3000, rolloutId: 'r4' })]);
      expect(await rollouts()).toEqual(['infra r1', 'shop r4']);
    });

    it('of one subject in one write: the newest counts, of equals the last', async () => {
      await store.writeBaselines([
        baseline({ at: 2000, rolloutId: 'r2' }),
        baseline({ at: 2000, rolloutId: 'r3' }),
        baseline({ at: 1000, rolloutId: 'r1' }),
      ]);
      expect((await collect(store.baselines(SUBSCRIPTION))).map(({ rolloutId }) => rolloutId)).toEqual(['r3']);
    });

    it('are written by the thousand, and again', async () => {
      const all = Array.from({ length: 1203 }, (_, n) => baseline({ clusterId: clusterIn(SUBSCRIPTION, `c${n}`) }));
      await store.writeBaselines(all.slice(0, 700));
      await store.writeBaselines(all);
      expect(sorted(await collect(store.baselines(SUBSCRIPTION)))).toEqual(sorted(all));
    });

    it('written by several at once are the newest in the end', async () => {
      const versions = Array.from({ length: 4 }, (_, n) =>
        Array.from({ length: 5 }, (_, c) =>
          baseline({ clusterId: clusterIn(SUBSCRIPTION, `c${c}`), at: 1000 + n, rolloutId: `r${n}` }),
        ),
      );
      await Promise.all(versions.map((version) => store.writeBaselines(version)));
      expect(sorted(await collect(store.baselines(SUBSCRIPTION)))).toEqual(sorted(versions[3]!));
    });
  });
}

function forgetting(open: OpenStores): void {
  describe('forgetting', () => {
    let store: ComplianceStore;
    beforeEach(async () => {
      store = (await open()).compliance;
    });

    it('removes snapshots and baselines as they are given, in any casing, and leaves their history', async () => {
      await store.writeSnapshots(SUBSCRIPTION, { changed: [snapshot(), snapshot({ subject: 'infra' })] });
      await store.writeBaselines([baseline(), baseline({ subject: 'infra' })]);
      const past = { snapshots: [snapshot({ clusterId: CLUSTER.toUpperCase() })], baselines: [baseline()] };
      for (let times = 0; times < 2; times++) await store.forget(SUBSCRIPTION.toUpperCase(), past);
      expect(await collect(store.snapshots(SUBSCRIPTION))).toEqual([snapshot({ subject: 'infra' })]);
      expect(await collect(store.baselines(SUBSCRIPTION))).toEqual([baseline({ subject: 'infra' })]);
      expect(await store.history(CLUSTER, { since: 0, limit: 10, subject: 'shop' })).toHaveLength(1);
    });

    it('leaves what has been written again, and what is not there', async () => {
      const [newer, newest] = [snapshot({ changedAt: 2000 }), baseline({ at: 2000 })];
      await store.writeSnapshots(SUBSCRIPTION, { changed: [newer] });
      await store.writeBaselines([newest]);
      await store.forget(SUBSCRIPTION, { snapshots: [snapshot()], baselines: [baseline()] });
      await store.forget(OTHER_SUBSCRIPTION, { snapshots: [newer], baselines: [newest] });
      await store.forget(SUBSCRIPTION, { snapshots: [], baselines: [] });
      expect(await collect(store.snapshots(SUBSCRIPTION))).toEqual([newer]);
      expect(await collect(store.baselines(SUBSCRIPTION))).toEqual([newest]);
    });

    it('is done by the thousand', async () => {
      const changed = Array.from({ length: 1203 }, (_, n) => snapshot({ clusterId: clusterIn(SUBSCRIPTION, `c${n}`) }));
      await store.writeSnapshots(SUBSCRIPTION, { changed });
      await store.forget(SUBSCRIPTION, { snapshots: changed.slice(3), baselines: [] });
      expect(sorted(await collect(store.snapshots(SUBSCRIPTION)))).toEqual(sorted(changed.slice(0, 3)));
    });
  });
}
