import { invalidQuery } from './errors.ts';
import { compileScalar, type Environment, type Scalar, type Scope } from './kql-expressions.ts';
import { child, elements, optionalChild, stringValue, type KqlNode } from './kql-parse.ts';
import type { Relation } from './kql-relation.ts';
import { compare, isNullValue, toText, type Row, type ValueType } from './values.ts';

type Constants = Scope['constants'];

/** A column that an operator computes. */
export interface NamedScalar extends Scalar {
  readonly name: string;
}

/** `where`; right after a table, `type =~ 'x'` and `type in~ (...)` narrow the scan to the index of those types. */
export function compileFilter(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const node = child(operator, 'Condition');
  const condition = compileScalar(node, { columns: input.columns, constants });
  const { table } = input;
  const types = table === undefined ? undefined : typesIn(node);
  const rows: Relation['run'] =
    table === undefined || types === undefined ? input.run : (source) => source.rows(table, types);
  return {
    columns: input.columns,
    limited: input.limited,
    run: (source) => rows(source).filter((row) => condition.evaluate(row, source) === true),
  };
}

export function compileExtend(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const added = namedScalars(child(operator, 'Expressions'), { columns: input.columns, constants });
  const columns = new Map(input.columns);
  for (const { name, type } of added) columns.set(name, type);
  return {
    columns,
    limited: input.limited,
    run: (source) => input.run(source).map((row) => ({ ...row, ...computed(added, row, source) })),
  };
}

export function compileProject(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const kept = namedScalars(child(operator, 'Expressions'), { columns: input.columns, constants });
  return {
    columns: new Map(kept.map(({ name, type }) => [name, type])),
    limited: input.limited,
    run: (source) => input.run(source).map((row) => computed(kept, row, source)),
  };
}

export function compileProjectAway(operator: KqlNode, input: Relation): Relation {
  const columns = new Map(input.columns);
  for (const { text } of elements(child(operator, 'Expressions'))) {
    if (!columns.delete(text)) throw invalidQuery('SemanticError', `Failed to resolve column named '${text}'.`);
  }
  const names = [...columns.keys()];
  const keep = (row: Row): Row => Object.fromEntries(names.map((name) => [name, row[name]]));
  return { columns, limited: input.limited, run: (source) => input.run(source).map(keep) };
}

/** KQL sorts descending unless told otherwise; nulls are the smallest values. */
export function compileSort(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const keys = elements(child(operator, 'Expressions')).map((each) => sortKey(each, input, constants));
  return { columns: input.columns, limited: input.limited, run: (source) => sorted(input.run(source), keys, source) };
}

export function compileTake(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const limit = rowLimit(child(operator, 'Expression'), constants);
  return { columns: input.columns, limited: true, run: (source) => input.run(source).slice(0, limit) };
}

export function compileTop(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const limit = rowLimit(child(operator, 'Expression'), constants);
  const key = sortKey(child(operator, 'ByExpression'), input, constants);
  return {
    columns: input.columns,
    limited: true,
    run: (source) => sorted(input.run(source), [key], source).slice(0, limit),
  };
}

export function compileDistinct(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const kept = namedScalars(child(operator, 'Expressions'), { columns: input.columns, constants });
  return {
    columns: new Map(kept.map(({ name, type }) => [name, type])),
    limited: input.limited,
    run: (source) => {
      const seen = new Map<string, Row>();
      for (const row of input.run(source)) {
        const values = computed(kept, row, source);
        const key = JSON.stringify(Object.values(values));
        if (!seen.has(key)) seen.set(key, values);
      }
      return [...seen.values()];
    },
  };
}

/** Compiles `name = expression` or a bare expression, which is named after what it reads (`properties.a` → `properties_a`). */
export function namedScalars(list: KqlNode, scope: Scope): NamedScalar[] {
  return elements(list).map((element, index) => {
    const isNamed = element.kind === 'SimpleNamedExpression';
    const scalar = compileScalar(isNamed ? child(element, 'Expression') : element, scope);
    return { ...scalar, name: isNamed ? child(element, 'Name').text : (scalar.name ?? `Column${index + 1}`) };
  });
}

/** The values of some computed columns for one row. */
export function computed(scalars: readonly NamedScalar[], row: Row, environment: Environment): Row {
  const values: Record<string, unknown> = {};
  for (const { name, evaluate } of scalars) values[name] = evaluate(row, environment);
  return values;
}

interface SortKey {
  readonly scalar: Scalar;
  readonly sign: 1 | -1;
  readonly nullsFirst: boolean;
}

function sortKey(element: KqlNode, input: Relation, constants: Constants): SortKey {
  const isOrdered = element.kind === 'OrderedExpression';
  const scalar = compileScalar(isOrdered ? child(element, 'Expression') : element, {
    columns: input.columns,
    constants,
  });
  const ordering = isOrdered ? optionalChild(element, 'Ordering') : undefined;
  const text = ordering?.text ?? '';
  const sign = text.startsWith('asc') ? 1 : -1;
  const nullsFirst = text.includes('nulls') ? text.endsWith('first') : sign === 1;
  return { scalar, sign, nullsFirst };
}

function sorted(rows: readonly Row[], keys: readonly SortKey[], environment: Environment): Row[] {
  const decorated = rows.map((row) => ({ row, values: keys.map(({ scalar }) => scalar.evaluate(row, environment)) }));
  decorated.sort((left, right) => {
    for (const [index, key] of keys.entries()) {
      const order = compareBy(key, left.values[index], right.values[index]);
      if (order !== 0) return order;
    }
    return 0;
  });
  return decorated.map(({ row }) => row);
}

function compareBy({ sign, nullsFirst }: SortKey, left: unknown, right: unknown): number {
  const [leftNull, rightNull] = [isNullValue(left), isNullValue(right)];
  if (leftNull || rightNull) return (Number(rightNull) - Number(leftNull)) * (nullsFirst ? 1 : -1);
  return sign * compare(left, right);
}

function rowLimit(node: KqlNode, constants: Constants): number {
  const value = compileScalar(node, { columns: new Map<string, ValueType>(), constants }).evaluate({}, { nowMs: 0 });
  if (typeof value === 'number' && value >= 0) return value;
  throw invalidQuery('SemanticError', `A number of rows was expected, not '${toText(value)}'.`);
}

/** The types (lower case) that a condition restricts rows to; undefined when it does not. */
function typesIn(node: KqlNode): string[] | undefined {
  switch (node.kind) {
    case 'AndExpression':
      return typesIn(child(node, 'Left')) ?? typesIn(child(node, 'Right'));
    case 'ParenthesizedExpression':
      return typesIn(child(node, 'Expression'));
    case 'EqualExpression':
    case 'EqualTildeExpression':
      return child(node, 'Left').text === 'type' ? literals([child(node, 'Right')]) : undefined;
    case 'InExpression':
    case 'InCsExpression': {
      const list = child(node, 'Right').children.find(({ kind }) => kind === 'List');
      return child(node, 'Left').text === 'type' ? literals(elements(list)) : undefined;
    }
    default:
      return undefined;
  }
}

function literals(nodes: readonly KqlNode[]): string[] | undefined {
  if (!nodes.every(({ kind }) => kind === 'StringLiteralExpression')) return undefined;
  return [...new Set(nodes.map(({ text }) => stringValue(text).toLowerCase()))];
}
