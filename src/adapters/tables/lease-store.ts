import { z } from 'zod';
import type { Lease, LeaseStore } from '../../ports/lease-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { clusterRowKeys } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';
import type { Operation } from './transaction.ts';

const StoredLease = z
  .object({
    clusterId: z.string(),
    subject: z.string(),
    epoch: z.number().int(),
    holder: z.string().optional(),
    newestHolder: z.string(),
    acquiredAt: z.number(),
    expiresAt: z.number(),
  })
  .transform((stored): Lease => ({ ...stored, holder: stored.holder }));

/** Leases, one row each. */
export class TableLeaseStore implements LeaseStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(clusterId: string, subject: string): Promise<Versioned<Lease> | undefined> {
    const { partition, rowKey } = clusterRowKeys(clusterId, subject);
    const row = await this.#table.get(partition, rowKey);
    return row && { value: fromRow(StoredLease, row), version: row.version };
  }

  async write(
    lease: Lease,
    version: string | undefined,
  ): Promise<{ written: true; version: string } | { written: false }> {
    const { partition, rowKey } = clusterRowKeys(lease.clusterId, lease.subject);
    const written = await this.#table.writeVersion(partition, rowKey, toColumns(lease), version);
    return written === undefined ? { written: false } : { written: true, version: written };
  }

  async writeAll(leases: readonly Versioned<Lease>[]): Promise<void> {
    const byPartition = new Map<string, Operation[]>();
    for (const { value, version } of leases) {
      const { partition, rowKey } = clusterRowKeys(value.clusterId, value.subject);
      const operations = byPartition.get(partition) ?? [];
      operations.push({ kind: 'replace', rowKey, columns: toColumns(value), version });
      byPartition.set(partition, operations);
    }
    for (const [partition, operations] of byPartition) await this.#table.writeEach(partition, operations);
  }
}
