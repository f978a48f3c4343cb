import { z } from 'zod';
import type { SentSecrets, SentSecretsStore } from '../../ports/sent-secrets.ts';
import { clusterRowKeys } from './keys.ts';
import { fromRow, toColumns } from './row.ts';
import type { Table } from './table.ts';

const StoredSentSecrets = z.object({
  clusterId: z.string(),
  subject: z.string(),
  hash: z.string(),
  sentAt: z.number(),
}) satisfies z.ZodType<SentSecrets>;

/** What was sent, one row per (cluster, subject). */
export class TableSentSecretsStore implements SentSecretsStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(clusterId: string, subject: string): Promise<SentSecrets | undefined> {
    const { partition, rowKey } = clusterRowKeys(clusterId, subject);
    const row = await this.#table.get(partition, rowKey);
    return row && fromRow(StoredSentSecrets, row);
  }

  async write(sent: SentSecrets): Promise<void> {
    const { partition, rowKey } = clusterRowKeys(sent.clusterId, sent.subject);
    await this.#table.write(partition, [{ kind: 'upsert', rowKey, columns: toColumns(sent) }]);
  }
}
