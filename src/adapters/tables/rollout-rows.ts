import type { OriginalRow } from '../../contracts/cluster-rows.ts';
import type { EventRow } from '../../contracts/event.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { Step } from '../../ports/rollout-store.ts';
import { keyPart, numbered } from './keys.ts';
import { toColumns } from './row.ts';
import type { Operation } from './transaction.ts';

/**
 * Kinds of rows in the partition of a rollout, by the first character of their row keys. Header, commands and live rows
 * stand first, so that one range read gives the engine all it needs (architecture, section 4). Frozen parts (`s`, `t`) are
 * in `frozen-parts.ts`.
 */
export const HEADER = 'a';
export const COMMAND = 'b';
export const LIVE = 'c';
export const DEFERRED = 'd';
export const EVENT = 'e';
export const ORIGINAL = 'o';
export const RESULT = 'r';

/** A commit as writes of rows. */
export function toOperations(step: Step): Operation[] {
  return [
    { kind: 'replace', rowKey: HEADER, columns: toColumns(step.rollout.value), version: step.rollout.version },
    ...step.insertLive.map((row) => insert(LIVE, row)),
    ...step.updateLive.map((row) => replace(LIVE, row)),
    ...step.deleteLive.map(({ value, version }) => ({ ...remove(numbered(LIVE, value.ordinal)), version })),
    ...step.insertResults.map((row) => insert(RESULT, row)),
    ...step.updateResults.map((row) => replace(RESULT, row)),
    ...step.insertDeferred.map((row) => insert(DEFERRED, row)),
    ...step.deleteDeferred.map((ordinal) => remove(numbered(DEFERRED, ordinal))),
    ...step.deleteCommands.map((id) => remove(commandKey(id))),
    ...(step.event === undefined ? [] : [insertEvent(step.event)]),
  ];
}

export function commandKey(id: string): string {
  return `${COMMAND}|${keyPart(id)}`;
}

/** A row that must not be there yet. */
export function insert(kind: string, row: { readonly ordinal: number }): Operation {
  return { kind: 'insert', rowKey: numbered(kind, row.ordinal), columns: toColumns(row) };
}

/** A row that must still be at its version. */
export function replace(kind: string, { value, version }: Versioned<{ readonly ordinal: number }>): Operation {
  return { kind: 'replace', rowKey: numbered(kind, value.ordinal), columns: toColumns(value), version };
}

/** One for each action of a cluster. */
export function originalKey(ordinal: number, action: number): string {
  return `${numbered(ORIGINAL, ordinal)}|${action}`;
}

export function insertOriginal(original: OriginalRow): Operation {
  return { kind: 'insert', rowKey: originalKey(original.ordinal, original.action), columns: toColumns(original) };
}

export function insertEvent(event: EventRow): Operation {
  return { kind: 'insert', rowKey: numbered(EVENT, event.sequence), columns: toColumns(event) };
}

/** A row that must be there, whatever it holds. */
function remove(rowKey: string): Operation & { readonly kind: 'delete' } {
  return { kind: 'delete', rowKey };
}
