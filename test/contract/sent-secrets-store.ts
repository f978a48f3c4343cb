import { beforeEach, describe, expect, it } from 'vitest';
import type { SentSecrets, SentSecretsStore } from '../../src/ports/sent-secrets.ts';
import { NASTY_NAMES, type OpenStores } from './stores.ts';

const CLUSTER = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Rg/providers/Microsoft.Kubernetes/connectedClusters/One`;

/** What was sent, by (cluster, subject). */
export function sentSecretsStoreSuite(open: OpenStores): void {
  describe('SentSecretsStore', () => {
    let store: SentSecretsStore;
    beforeEach(async () => {
      store = (await open()).sentSecrets;
    });

    it('knows nothing at first', async () => {
      expect(await store.read(CLUSTER, 'shop')).toBeUndefined();
    });

    it('keeps what was sent last', async () => {
      await store.write(sent());
      expect(await store.read(CLUSTER, 'shop')).toEqual(sent());
      await store.write(sent({ hash: 'b'.repeat(64), sentAt: 2000 }));
      expect(await store.read(CLUSTER, 'shop')).toEqual(sent({ hash: 'b'.repeat(64), sentAt: 2000 }));
    });

    it('compares cluster ids without case, and subjects by name', async () => {
      await store.write(sent());
      expect(await store.read(CLUSTER.toUpperCase(), 'shop')).toEqual(sent());
      await store.write(sent({ clusterId: CLUSTER.toLowerCase(), sentAt: 2000 }));
      expect((await store.read(CLUSTER, 'shop'))?.sentAt).toBe(2000);
      expect(await store.read(CLUSTER, 'other')).toBeUndefined();
    });

    it('tells clusters and subjects apart whatever their names are', async () => {
      const all = NASTY_NAMES.flatMap((name, n) => [
        sent({ clusterId: CLUSTER.replace('One', name), sentAt: 2 * n }),
        sent({ subject: name, sentAt: 2 * n + 1 }),
      ]);
      for (const one of all) await store.write(one);
      for (const one of all) expect(await store.read(one.clusterId, one.subject)).toEqual(one);
    });
  });
}

function sent(changes: Partial<SentSecrets> = {}): SentSecrets {
  return { clusterId: CLUSTER, subject: 'shop', hash: 'a'.repeat(64), sentAt: 1000, ...changes };
}
