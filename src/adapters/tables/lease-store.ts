import { z } from 'zod';
import { clusterKey, parseClusterId } from '../../contracts/cluster-id.ts';
import type { Lease, LeaseStore } from '../../ports/lease-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { keyPart, sha256 } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';
import type { Operation } from './transaction.ts';

const StoredLease = z
  .object({
    clusterId: z.string(),
    configurationName: z.string(),
    epoch: z.number().int(),
    holder: z.string().optional(),
    newestHolder: z.string(),
    acquiredAt: z.number(),
    expiresAt: z.number(),
  })
  .transform((stored): Lease => ({ ...stored, holder: stored.holder }));

/**
 * Leases, one row each. A partition per subscription spreads the load; the row key is a digest, since ARM ids hold `/` and
 * may be longer than a key.
 */
export class TableLeaseStore implements LeaseStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(clusterId: string, configurationName: string): Promise<Versioned<Lease> | undefined> {
    const { partition, rowKey } = keysOf(clusterId, configurationName);
    const row = await this.#table.get(partition, rowKey);
    return row && { value: fromRow(StoredLease, row), version: row.version };
  }

  async write(
    lease: Lease,
    version: string | undefined,
  ): Promise<{ written: true; version: string } | { written: false }> {
    const { partition, rowKey } = keysOf(lease.clusterId, lease.configurationName);
    const written = await this.#table.writeVersion(partition, rowKey, toColumns(lease), version);
    return written === undefined ? { written: false } : { written: true, version: written };
  }

  async writeAll(leases: readonly Versioned<Lease>[]): Promise<void> {
    const byPartition = new Map<string, Operation[]>();
    for (const { value, version } of leases) {
      const { partition, rowKey } = keysOf(value.clusterId, value.configurationName);
      const operations = byPartition.get(partition) ?? [];
      operations.push({ kind: 'replace', rowKey, columns: toColumns(value), version });
      byPartition.set(partition, operations);
    }
    for (const [partition, operations] of byPartition) await this.#table.writeEach(partition, operations);
  }
}

function keysOf(clusterId: string, configurationName: string): { partition: string; rowKey: string } {
  return {
    partition: keyPart(parseClusterId(clusterId)?.subscriptionId ?? 'none'),
    // A line break stands in neither of the two, so that no other pair gives the same text.
    rowKey: sha256(`${clusterKey(clusterId)}\n${configurationName}`),
  };
}
