import { Decision, DefinitionRecord, DefinitionVersion } from '../../contracts/definition.ts';
import { DEFINITION_VERSIONS_KEPT_MAX } from '../../contracts/limits.ts';
import type { DefinitionStore, DefinitionWrite } from '../../ports/definition-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { compressedColumns, fromBlobRows } from './blob.ts';
import { dropDecisions, removeRows } from './definition-rows.ts';
import { keyPart, numbered, under } from './keys.ts';
import { continuationOf, newestFirstBehind, newestFirstKey } from './newest-first.ts';
import { fromRow, toColumns } from './row.ts';
import type { Row, Table } from './table.ts';
import type { Operation } from './transaction.ts';

/** One partition for all, so that one query lists them: each push writes two or three rows of the 2,000 a second that it takes. */
const PARTITION = 'definitions';
/** Rows of the partition of one repository: a name each. */
const FOLLOWER = 'n';

/**
 * Definitions: a row `d|NAME` each, `v|NAME|NUMBER` for its versions and `e|NAME|ID` for its decisions, the newest first. Who follows a
 * repository stands in a partition of that repository.
 */
export class TableDefinitionStore implements DefinitionStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async list(): Promise<readonly Versioned<DefinitionRecord>[]> {
    return (await this.#table.all(PARTITION, under('d'))).map(toRecord);
  }

  async read(name: string): Promise<Versioned<DefinitionRecord> | undefined> {
    const row = await this.#table.get(PARTITION, recordKey(name));
    return row && toRecord(row);
  }

  async write({ record, version, addVersion, addDecisions }: DefinitionWrite): Promise<string | undefined> {
    const { name } = record;
    if (addVersion !== undefined) await this.#follow(record);
    const row = { rowKey: recordKey(name), columns: compressedColumns(record) };
    const operations: Operation[] = [
      version === undefined ? { kind: 'insert', ...row } : { kind: 'replace', ...row, version },
      ...addDecisions.map((decision) => ({
        kind: 'insert' as const,
        rowKey: `${decisionPrefix(name)}|${newestFirstKey(decision.id)}`,
        columns: toColumns(decision),
      })),
    ];
    if (addVersion !== undefined) {
      const columns = compressedColumns(addVersion);
      operations.push({ kind: 'insert', rowKey: numbered(versionPrefix(name), addVersion.version), columns });
    }
    const [written] = (await this.#table.write(PARTITION, operations)) ?? [];
    if (written !== undefined && addVersion !== undefined) await this.#dropVersion(name, addVersion.version);
    return written;
  }

  async followers(repository: string): Promise<readonly string[]> {
    const rows = await this.#table.all(followersPartition(repository), under(FOLLOWER));
    return rows.map(({ rowKey }) => rowKey.slice(FOLLOWER.length + 1));
  }

  async versions(name: string): Promise<readonly DefinitionVersion[]> {
    const rows = await this.#table.all(PARTITION, under(versionPrefix(name)));
    return rows.map((row) => fromBlobRows(DefinitionVersion, [row])).reverse();
  }

  async decisions(
    name: string,
    { limit, continuation }: { readonly limit: number; readonly continuation?: string },
  ): Promise<{ items: Decision[]; continuation?: string }> {
    const { from: first, before } = under(decisionPrefix(name));
    const from = continuation === undefined ? first : first + newestFirstBehind(continuation);
    const items: Decision[] = [];
    for await (const row of this.#table.query(PARTITION, { from, before }, limit + 1)) {
      const last = items.at(-1);
      if (items.length === limit && last !== undefined) return { items, continuation: continuationOf(last.id) };
      items.push(fromRow(Decision, row));
    }
    return { items };
  }

  dropDecisionsBefore(name: string, at: number): Promise<void> {
    return dropDecisions(this.#table, PARTITION, decisionPrefix(name), at);
  }

  /** The history goes first, and each decision comes with a new version of its record: what dies half-way can be removed again. */
  async remove(name: string, version: string): Promise<'removed' | 'conflict'> {
    const row = await this.#table.get(PARTITION, recordKey(name));
    if (row?.version !== version) return 'conflict';
    const partition = followersPartition(toRecord(row).value.repository);
    const follower = await this.#table.get(partition, followerKey(name));
    await removeRows(this.#table, PARTITION, under(decisionPrefix(name)));
    await removeRows(this.#table, PARTITION, under(versionPrefix(name)));
    const removed = await this.#table.write(PARTITION, [{ kind: 'delete', rowKey: recordKey(name), version }]);
    if (removed === undefined) return 'conflict';
    // A definition that has come back under this name has written its row anew.
    if (follower !== undefined) {
      const { rowKey } = follower;
      await this.#table.write(partition, [{ kind: 'delete', rowKey, version: follower.version }]);
    }
    return 'removed';
  }

  /** A row that is there already is written anew, so that a removal that is under way does not take it. */
  async #follow({ name, repository }: DefinitionRecord): Promise<void> {
    const rowKey = followerKey(name);
    await this.#table.write(followersPartition(repository), [{ kind: 'upsert', rowKey, columns: toColumns({}) }]);
  }

  async #dropVersion(name: string, newest: number): Promise<void> {
    const tooOld = newest - DEFINITION_VERSIONS_KEPT_MAX;
    if (tooOld < 1) return;
    // A conflict means that it is not there.
    await this.#table.write(PARTITION, [{ kind: 'delete', rowKey: numbered(versionPrefix(name), tooOld) }]);
  }
}

function recordKey(name: string): string {
  return `d|${keyPart(name)}`;
}

function versionPrefix(name: string): string {
  return `v|${keyPart(name)}`;
}

function decisionPrefix(name: string): string {
  return `e|${keyPart(name)}`;
}

function followersPartition(repository: string): string {
  return `repository-${keyPart(repository)}`;
}

/** Names of definitions are legal keys as they are. */
function followerKey(name: string): string {
  return `${FOLLOWER}|${name}`;
}

function toRecord(row: Row): Versioned<DefinitionRecord> {
  return { value: fromBlobRows(DefinitionRecord, [row]), version: row.version };
}
