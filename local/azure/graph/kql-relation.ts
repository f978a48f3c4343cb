import { isJsonObject } from '../json.ts';
import type { TableName } from './tables.ts';
import type { Environment, Scalar } from './kql-scalar.ts';
import type { Row, ValueType } from './values.ts';

/** What a query reads from. */
export interface Source extends Environment {
  rows(table: TableName, types?: readonly string[]): Row[];
}

/** Columns in their order; each is computed from a base row when it is asked for. */
export type Columns = ReadonlyMap<string, Scalar>;

/**
 * A compiled part of a query: base rows, and columns that are expressions over them. `extend`, `project` and `parse` only
 * change the columns, so that a page of 1,000 rows out of 20,000 costs the computation of 1,000 rows.
 */
export interface Relation {
  readonly columns: Columns;
  readonly rows: (source: Source) => readonly Row[];
  /** The query itself limits its rows (take, top), which switches paging off. */
  readonly limited: boolean;
  /** Set while the relation is still a bare table: a filter on `type` right after it can use the index. */
  readonly table?: TableName;
}

/** Names that `let` has bound. */
export interface Bindings {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly constants: ReadonlyMap<string, Scalar>;
}

/** Columns that are fields of the base row under the same name. */
export function fieldColumns(types: Iterable<readonly [string, ValueType]>): Columns {
  return new Map([...types].map(([name, type]) => [name, { type, name, evaluate: (row) => row[name] ?? null }]));
}

/** Computes all columns for some base rows. */
export function materialise(columns: Columns, rows: readonly Row[], environment: Environment): Row[] {
  const list = [...columns];
  return rows.map((row) => {
    const values: Record<string, unknown> = {};
    for (const [name, { evaluate }] of list) values[name] = evaluate(row, environment);
    return values;
  });
}

/** Columns of a relation whose base rows sit in a field of new base rows; without a row there the column is empty. */
export function nestedColumns(columns: Columns, field: string): Columns {
  const nested = [...columns].map(([name, column]): [string, Scalar] => {
    // Text has no null in KQL: a missing partner of a join leaves the empty string there.
    const missing = column.type === 'string' ? '' : null;
    const evaluate: Scalar['evaluate'] = (row, environment) => {
      const base = row[field];
      return isJsonObject(base) ? column.evaluate(base, environment) : missing;
    };
    return [name, { ...column, evaluate }];
  });
  return new Map(nested);
}
