import { unsupported } from './errors.ts';
import { compileScalar } from './kql-expressions.ts';
import type { Environment, Scalar, Scope } from './kql-scalar.ts';
import { namedScalars, typesOf } from './kql-operators.ts';
import { child, elements, optionalChild, type KqlNode } from './kql-parse.ts';
import { fieldColumns, materialise, nestedColumns, type Columns, type Relation } from './kql-relation.ts';
import type { Row, ValueType } from './values.ts';

interface Aggregate {
  readonly name: string;
  /** What a row must be to count; undefined counts every row. */
  readonly condition: Scalar | undefined;
}

/** `count`: one row with the column `Count`. */
export function compileCount(input: Relation): Relation {
  const columns = fieldColumns([['Count', 'long']]);
  return { columns, limited: false, rows: (source) => [{ Count: input.rows(source).length }] };
}

/** `summarize` with count() and countif(). */
export function compileSummarize(operator: KqlNode, input: Relation, constants: Scope['constants']): Relation {
  const scope = { columns: input.columns, constants };
  const aggregates = elements(child(operator, 'Aggregates')).map((each) => compileAggregate(each, scope));
  const by = optionalChild(operator, 'ByClause');
  const groups: Columns = by === undefined ? new Map() : namedScalars(child(by, 'Expressions'), scope);
  const counts = aggregates.map(({ name }): [string, ValueType] => [name, 'long']);
  const rows: Relation['rows'] = (source) => {
    const base = input.rows(source);
    const keys = materialise(groups, base, source);
    const grouped = Map.groupBy(base.keys(), (index) => JSON.stringify(Object.values(keys[index] ?? {})));
    // Without groups there is one row, even when nothing was counted.
    if (groups.size === 0 && grouped.size === 0) grouped.set('', []);
    return [...grouped.values()].map((members) => {
      const row: Record<string, unknown> = { ...keys[members[0] ?? -1] };
      for (const { name, condition } of aggregates) row[name] = countRows(members, base, condition, source);
      return row;
    });
  };
  return { columns: fieldColumns([...typesOf(groups), ...counts]), limited: input.limited, rows };
}

/** `mv-expand`: one row per element; an empty list gives no row, a null one row with null. */
export function compileMvExpand(operator: KqlNode, input: Relation, constants: Scope['constants']): Relation {
  const list = elements(child(operator, 'Expressions')).map((each) =>
    each.kind === 'MvExpandExpression' ? child(each, 'Expression') : each,
  );
  const [element, ...others] = list;
  if (element === undefined || others.length > 0) throw unsupported('mv-expand of several columns');
  const isNamed = element.kind === 'SimpleNamedExpression';
  const node = isNamed ? child(element, 'Expression') : element;
  const expanded = compileScalar(node, { columns: input.columns, constants });
  const name = isNamed ? child(element, 'Name').text : (expanded.name ?? 'Column1');
  const rows: Relation['rows'] = (source) =>
    input.rows(source).flatMap((base) => {
      const value = expanded.evaluate(base, source);
      const items: unknown[] = Array.isArray(value) ? value : [value];
      return items.map((item) => ({ base, item }));
    });
  const columns = new Map(nestedColumns(input.columns, 'base'));
  columns.set(name, { type: 'dynamic', name, evaluate: (row) => row['item'] ?? null });
  return { columns, limited: input.limited, rows };
}

function countRows(
  members: readonly number[],
  base: readonly Row[],
  condition: Scalar | undefined,
  environment: Environment,
): number {
  if (condition === undefined) return members.length;
  return members.filter((index) => {
    const row = base[index];
    return row !== undefined && condition.evaluate(row, environment) === true;
  }).length;
}

function compileAggregate(element: KqlNode, scope: Scope): Aggregate {
  const isNamed = element.kind === 'SimpleNamedExpression';
  const call = isNamed ? child(element, 'Expression') : element;
  const functionName = call.kind === 'FunctionCallExpression' ? child(call, 'Name').text : call.text;
  const name = isNamed ? child(element, 'Name').text : `${functionName}_`;
  if (functionName === 'count') return { name, condition: undefined };
  if (functionName !== 'countif') throw unsupported(`The aggregate '${functionName}'`);
  const [argument] = elements(child(call, 'ArgumentList').children.find(({ kind }) => kind === 'List'));
  if (argument === undefined) throw unsupported('countif() without a condition');
  return { name, condition: compileScalar(argument, scope) };
}
