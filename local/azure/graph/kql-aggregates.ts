import { unsupported } from './errors.ts';
import { compileScalar, type Scalar, type Scope } from './kql-expressions.ts';
import { computed, namedScalars } from './kql-operators.ts';
import { child, elements, optionalChild, type KqlNode } from './kql-parse.ts';
import type { Relation } from './kql-relation.ts';
import type { Row, ValueType } from './values.ts';

interface Aggregate {
  readonly name: string;
  /** What a row must be to count; undefined counts every row. */
  readonly condition: Scalar | undefined;
}

/** `count`: one row with the column `Count`. */
export function compileCount(input: Relation): Relation {
  return {
    columns: new Map([['Count', 'long']]),
    limited: false,
    run: (source) => [{ Count: input.run(source).length }],
  };
}

/** `summarize` with count() and countif(). */
export function compileSummarize(operator: KqlNode, input: Relation, constants: Scope['constants']): Relation {
  const scope = { columns: input.columns, constants };
  const aggregates = elements(child(operator, 'Aggregates')).map((each) => compileAggregate(each, scope));
  const by = optionalChild(operator, 'ByClause');
  const groups = by === undefined ? [] : namedScalars(child(by, 'Expressions'), scope);
  const columns = new Map<string, ValueType>(groups.map(({ name, type }) => [name, type]));
  for (const { name } of aggregates) columns.set(name, 'long');
  return {
    columns,
    limited: input.limited,
    run: (source) => {
      const counted = new Map<string, Record<string, unknown> & { readonly counts: number[] }>();
      const empty = () => aggregates.map(() => 0);
      if (groups.length === 0) counted.set('[]', { counts: empty() });
      for (const row of input.run(source)) {
        const values = computed(groups, row, source);
        const key = JSON.stringify(Object.values(values));
        const group = counted.get(key) ?? { ...values, counts: empty() };
        counted.set(key, group);
        for (const [index, { condition }] of aggregates.entries()) {
          if (condition !== undefined && condition.evaluate(row, source) !== true) continue;
          group.counts[index] = (group.counts[index] ?? 0) + 1;
        }
      }
      return [...counted.values()].map(({ counts, ...values }) => withCounts(values, aggregates, counts));
    },
  };
}

/** `mv-expand`: one row per element; an empty list gives no row, a null one row with null. */
export function compileMvExpand(operator: KqlNode, input: Relation, constants: Scope['constants']): Relation {
  const list = elements(child(operator, 'Expressions')).map((each) =>
    each.kind === 'MvExpandExpression' ? child(each, 'Expression') : each,
  );
  const [element, ...others] = list;
  if (element === undefined || others.length > 0) throw unsupported('mv-expand of several columns');
  const isNamed = element.kind === 'SimpleNamedExpression';
  const expanded = compileScalar(isNamed ? child(element, 'Expression') : element, {
    columns: input.columns,
    constants,
  });
  const name = isNamed ? child(element, 'Name').text : (expanded.name ?? 'Column1');
  const expand = (row: Row, value: unknown): Row[] => {
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return items.map((item) => ({ ...row, [name]: item }));
  };
  return {
    columns: new Map(input.columns).set(name, 'dynamic'),
    limited: input.limited,
    run: (source) => input.run(source).flatMap((row) => expand(row, expanded.evaluate(row, source))),
  };
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

function withCounts(values: Row, aggregates: readonly Aggregate[], counts: readonly number[]): Row {
  return { ...values, ...Object.fromEntries(aggregates.map(({ name }, index) => [name, counts[index] ?? 0])) };
}
