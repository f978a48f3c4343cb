import { beforeEach, describe, expect, it } from 'vitest';
import type { Lease, LeaseStore } from '../../src/ports/lease-store.ts';
import { NASTY_NAMES, type OpenStores } from './stores.ts';

const CLUSTER = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Rg/providers/Microsoft.Kubernetes/connectedClusters/One`;

/** Leases by (cluster, configuration). */
export function leaseStoreSuite(open: OpenStores): void {
  describe('LeaseStore', () => {
    let leases: LeaseStore;
    beforeEach(async () => {
      leases = (await open()).leases;
    });

    async function insert(value: Lease): Promise<string> {
      const answer = await leases.write(value, undefined);
      if (!answer.written) throw new Error('Nobody else writes here.');
      return answer.version;
    }

    it('knows no lease at first', async () => {
      expect(await leases.read(CLUSTER, 'shop')).toBeUndefined();
    });

    it('keeps a lease, held or given back, and answers its version', async () => {
      const version = await insert(lease());
      expect(await leases.read(CLUSTER, 'shop')).toEqual({ value: lease(), version });
      const back = lease({ holder: undefined, epoch: 2 });
      const answer = await leases.write(back, version);
      expect(answer).toMatchObject({ written: true });
      expect(await leases.read(CLUSTER, 'shop')).toEqual({ value: back, version: answer.written && answer.version });
    });

    it('inserts once', async () => {
      await insert(lease());
      expect(await leases.write(lease({ holder: 'other' }), undefined)).toEqual({ written: false });
      expect((await leases.read(CLUSTER, 'shop'))?.value.holder).toBe('r1');
    });

    it('replaces the version it was read at only', async () => {
      const version = await insert(lease());
      await leases.write(lease({ epoch: 2 }), version);
      expect(await leases.write(lease({ epoch: 3 }), version)).toEqual({ written: false });
      expect((await leases.read(CLUSTER, 'shop'))?.value.epoch).toBe(2);
    });

    it('replaces no lease that is not there', async () => {
      const version = await insert(lease());
      expect(await leases.write(lease({ subject: 'other' }), version)).toEqual({ written: false });
      expect(await leases.read(CLUSTER, 'other')).toBeUndefined();
    });

    it('lets one of many takers win', async () => {
      const version = await insert(lease());
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) => leases.write(lease({ holder: `r${n}`, epoch: 2 }), version)),
      );
      expect(answers.filter(({ written }) => written)).toHaveLength(1);
      const winner = answers.findIndex(({ written }) => written);
      expect((await leases.read(CLUSTER, 'shop'))?.value.holder).toBe(`r${winner}`);
    });

    it('compares cluster ids without case, and configurations by name', async () => {
      await insert(lease());
      expect((await leases.read(CLUSTER.toUpperCase(), 'shop'))?.value.clusterId).toBe(CLUSTER);
      expect(await leases.write(lease({ clusterId: CLUSTER.toLowerCase() }), undefined)).toEqual({ written: false });
      expect(await leases.read(CLUSTER, 'other')).toBeUndefined();
    });

    it('tells clusters apart whatever their names are', async () => {
      const ids = NASTY_NAMES.flatMap((name) => [
        CLUSTER.replace('One', name),
        CLUSTER.replace('Rg', name.slice(0, 90)),
        CLUSTER.replace('00000000-0000-0000-0000-000000000001', name),
      ]);
      for (const [n, clusterId] of ids.entries()) await insert(lease({ clusterId, epoch: n }));
      for (const [n, clusterId] of ids.entries()) {
        expect((await leases.read(clusterId, 'shop'))?.value).toEqual(lease({ clusterId, epoch: n }));
      }
    });

    it('replaces many at once, over subscriptions, and leaves those that changed alone', async () => {
      const all = Array.from({ length: 230 }, (_, n) =>
        lease({ clusterId: `${CLUSTER.replace('000001', `00000${n % 2}`)}-${n}` }),
      );
      const stored = await Promise.all(all.map(async (value) => ({ value, version: await insert(value) })));
      const changed = [0, 1, 57, 200, 229];
      for (const n of changed) await leases.write({ ...all[n]!, holder: 'newer' }, stored[n]!.version);
      await leases.writeAll(stored.map(({ value, version }) => ({ value: { ...value, holder: undefined }, version })));
      const holders = await Promise.all(
        all.map(async ({ clusterId }) => (await leases.read(clusterId, 'shop'))?.value.holder),
      );
      expect(holders).toEqual(all.map((_, n) => (changed.includes(n) ? 'newer' : undefined)));
    });

    it('inserts nothing when many are replaced', async () => {
      const version = await insert(lease({ subject: 'other' }));
      await leases.writeAll([]);
      await leases.writeAll([{ value: lease(), version }]);
      expect(await leases.read(CLUSTER, 'shop')).toBeUndefined();
    });
  });
}

function lease(changes: Partial<Lease> = {}): Lease {
  return {
    clusterId: CLUSTER,
    subject: 'shop',
    epoch: 1,
    holder: 'r1',
    newestHolder: 'r1',
    acquiredAt: 1000,
    expiresAt: 2000,
    ...changes,
  };
}
