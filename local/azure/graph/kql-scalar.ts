import type { Row, ValueType } from './values.ts';

/** What an expression may depend on besides the row. */
export interface Environment {
  readonly nowMs: number;
}

/** A compiled expression. `name` is the column name it gets when the query gives none. */
export interface Scalar {
  readonly type: ValueType;
  readonly name?: string | undefined;
  readonly evaluate: (row: Row, environment: Environment) => unknown;
}

/** The names an expression may use. */
export interface Scope {
  readonly columns: ReadonlyMap<string, Scalar>;
  readonly constants: ReadonlyMap<string, Scalar>;
}
