import type { z } from 'zod';
import { DeferredRow, LiveRow, OriginalRow, ResultRow, type Target } from '../../contracts/cluster-rows.ts';
import { Command } from '../../contracts/command.ts';
import { EventRow } from '../../contracts/event.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import { Rollout } from '../../contracts/rollout-state.ts';
import type { LoadedRollout, NewRollout, OrdinalRange, RolloutStore, Step } from '../../ports/rollout-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { FrozenParts } from './frozen-parts.ts';
import { type KeyRange, keyPart, numbered, numberedRange } from './keys.ts';
import {
  COMMAND,
  commandKey,
  DEFERRED,
  EVENT,
  HEADER,
  insertEvent,
  insertOriginal,
  LIVE,
  originalKey,
  replace,
  RESULT,
  toOperations,
} from './rollout-rows.ts';
import { fromRow, toColumns } from './row.ts';
import type { Row, Table } from './table.ts';

/** Rollouts in a table: one partition per rollout, rows as `rollout-rows.ts` says, a commit is one transaction (law 2). */
export class TableRolloutStore implements RolloutStore {
  readonly #table: Table;
  readonly #frozen: FrozenParts;

  constructor(table: Table) {
    this.#table = table;
    this.#frozen = new FrozenParts(table);
  }

  async create(rollout: NewRollout): Promise<'created' | 'exists'> {
    const partition = keyPart(rollout.rollout.id);
    if ((await this.#table.get(partition, HEADER)) !== undefined) return 'exists';
    const manifest = await this.#frozen.write(partition, rollout);
    const written = await this.#table.write(partition, [
      { kind: 'insert', rowKey: HEADER, columns: toColumns(rollout.rollout) },
      manifest,
      insertEvent(rollout.event),
    ]);
    return written === undefined ? 'exists' : 'created';
  }

  async load(rolloutId: string): Promise<LoadedRollout | undefined> {
    const rows = await this.#table.all(keyPart(rolloutId), { from: HEADER, before: DEFERRED });
    const [header, ...others] = rows;
    if (header?.rowKey !== HEADER) return undefined;
    return {
      rollout: versioned(Rollout, header),
      commands: others
        .filter(({ rowKey }) => rowKey.startsWith(COMMAND))
        .map((row) => fromRow(Command, row))
        .sort((one, other) => one.at - other.at),
      live: others.filter(({ rowKey }) => rowKey.startsWith(LIVE)).map((row) => versioned(LiveRow, row)),
    };
  }

  async header(rolloutId: string): Promise<Versioned<Rollout> | undefined> {
    const row = await this.#table.get(keyPart(rolloutId), HEADER);
    return row && versioned(Rollout, row);
  }

  request(rolloutId: string): Promise<RolloutRequest> {
    return this.#frozen.request(rolloutId);
  }

  targets(rolloutId: string, range: OrdinalRange): Promise<Target[]> {
    return this.#frozen.targets(rolloutId, range);
  }

  async commit(step: Step): Promise<'committed' | 'conflict'> {
    const written = await this.#table.write(keyPart(step.rollout.value.id), toOperations(step));
    return written === undefined ? 'conflict' : 'committed';
  }

  async liveRow(rolloutId: string, ordinal: number): Promise<Versioned<LiveRow> | undefined> {
    const row = await this.#table.get(keyPart(rolloutId), numbered(LIVE, ordinal));
    return row && versioned(LiveRow, row);
  }

  async liveRows(rolloutId: string, { from, to }: OrdinalRange): Promise<LiveRow[]> {
    const rows = await this.#table.all(keyPart(rolloutId), numberedRange(LIVE, from, to));
    return rows.map((row) => fromRow(LiveRow, row));
  }

  async saveLive(
    rolloutId: string,
    row: Versioned<LiveRow>,
    original?: OriginalRow,
  ): Promise<{ saved: true; version: string } | { saved: false }> {
    const save = replace(LIVE, row);
    const operations = original === undefined ? [save] : [save, insertOriginal(original)];
    const [version] = (await this.#table.write(keyPart(rolloutId), operations)) ?? [];
    if (version !== undefined) return { saved: true, version };
    // An original that is there already stays, and must not keep the live row from being saved.
    const kept =
      original !== undefined && (await this.original(rolloutId, original.ordinal, original.action)) !== undefined;
    return kept ? this.saveLive(rolloutId, row) : { saved: false };
  }

  async original(rolloutId: string, ordinal: number, action: number): Promise<OriginalRow | undefined> {
    const row = await this.#table.get(keyPart(rolloutId), originalKey(ordinal, action));
    return row && fromRow(OriginalRow, row);
  }

  async addCommand(rolloutId: string, command: Command): Promise<void> {
    // A conflict means that the command is there already.
    await this.#table.write(keyPart(rolloutId), [
      { kind: 'insert', rowKey: commandKey(command.id), columns: toColumns(command) },
    ]);
  }

  async results(rolloutId: string, { from, to }: OrdinalRange): Promise<Versioned<ResultRow>[]> {
    const rows = await this.#table.all(keyPart(rolloutId), numberedRange(RESULT, from, to));
    return rows.map((row) => versioned(ResultRow, row));
  }

  async deferred(rolloutId: string, { from, to }: OrdinalRange, limit: number): Promise<DeferredRow[]> {
    return this.#some(DeferredRow, rolloutId, numberedRange(DEFERRED, from, to), limit);
  }

  async events(rolloutId: string, after: number, limit: number): Promise<EventRow[]> {
    return this.#some(EventRow, rolloutId, numberedRange(EVENT, after + 1, Number.MAX_SAFE_INTEGER), limit);
  }

  async #some<T>(schema: z.ZodType<T>, rolloutId: string, range: KeyRange, limit: number): Promise<T[]> {
    const found: T[] = [];
    if (limit < 1) return found;
    for await (const row of this.#table.query(keyPart(rolloutId), range, limit)) {
      found.push(fromRow(schema, row));
      if (found.length === limit) break;
    }
    return found;
  }
}

function versioned<T>(schema: z.ZodType<T>, row: Row): Versioned<T> {
  return { value: fromRow(schema, row), version: row.version };
}
