import type { TableName } from './tables.ts';
import type { Environment, Scalar } from './kql-expressions.ts';
import type { Row, ValueType } from './values.ts';

/** What a query reads from. */
export interface Source extends Environment {
  rows(table: TableName, types?: readonly string[]): Row[];
}

/** A compiled part of a query: its columns in order, and how to get its rows. */
export interface Relation {
  readonly columns: ReadonlyMap<string, ValueType>;
  readonly run: (source: Source) => Row[];
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
