import { invalidQuery } from './errors.ts';
import { compileScalar } from './kql-expressions.ts';
import type { Environment, Scalar, Scope } from './kql-scalar.ts';
import { child, elements, optionalChild, stringValue, type KqlNode } from './kql-parse.ts';
import { fieldColumns, materialise, type Columns, type Relation } from './kql-relation.ts';
import { compare, isNullValue, toText, type Row, type ValueType } from './values.ts';

type Constants = Scope['constants'];

/** `where`; right after a table, `type =~ 'x'` and `type in~ (...)` narrow the scan to the index of those types. */
export function compileFilter(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const node = child(operator, 'Condition');
  const condition = compileScalar(node, { columns: input.columns, constants });
  const { columns, limited, table } = input;
  const types = table === undefined ? undefined : typesIn(node);
  const candidates: Relation['rows'] =
    table === undefined || types === undefined ? input.rows : (source) => source.rows(table, types);
  const rows: Relation['rows'] = (source) =>
    candidates(source).filter((row) => condition.evaluate(row, source) === true);
  return { columns, limited, rows };
}

export function compileExtend(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const added = namedScalars(child(operator, 'Expressions'), { columns: input.columns, constants });
  return { columns: new Map([...input.columns, ...added]), limited: input.limited, rows: input.rows };
}

export function compileProject(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const columns = namedScalars(child(operator, 'Expressions'), { columns: input.columns, constants });
  return { columns, limited: input.limited, rows: input.rows };
}

export function compileProjectAway(operator: KqlNode, input: Relation): Relation {
  const columns = new Map(input.columns);
  for (const { text } of elements(child(operator, 'Expressions'))) {
    if (!columns.delete(text)) throw invalidQuery('SemanticError', `Failed to resolve column named '${text}'.`);
  }
  return { columns, limited: input.limited, rows: input.rows };
}

/** KQL sorts descending unless told otherwise; nulls are the smallest values. */
export function compileSort(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const keys = elements(child(operator, 'Expressions')).map((each) => sortKey(each, input, constants));
  const rows: Relation['rows'] = (source) => sorted(input.rows(source), keys, source);
  return { columns: input.columns, limited: input.limited, rows };
}

export function compileTake(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const limit = rowLimit(child(operator, 'Expression'), constants);
  return { columns: input.columns, limited: true, rows: (source) => input.rows(source).slice(0, limit) };
}

export function compileTop(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const limit = rowLimit(child(operator, 'Expression'), constants);
  const key = sortKey(child(operator, 'ByExpression'), input, constants);
  const rows: Relation['rows'] = (source) => sorted(input.rows(source), [key], source).slice(0, limit);
  return { columns: input.columns, limited: true, rows };
}

export function compileDistinct(operator: KqlNode, input: Relation, constants: Constants): Relation {
  const kept = namedScalars(child(operator, 'Expressions'), { columns: input.columns, constants });
  const rows: Relation['rows'] = (source) => {
    const values = materialise(kept, input.rows(source), source);
    return [...new Map(values.map((row) => [JSON.stringify(Object.values(row)), row])).values()];
  };
  return { columns: fieldColumns(typesOf(kept)), limited: input.limited, rows };
}

/** Compiles `name = expression` or a bare expression, which is named after what it reads (`properties.a` → `properties_a`). */
export function namedScalars(list: KqlNode, scope: Scope): Columns {
  const named = elements(list).map((element, index): [string, Scalar] => {
    const isNamed = element.kind === 'SimpleNamedExpression';
    const scalar = compileScalar(isNamed ? child(element, 'Expression') : element, scope);
    return [isNamed ? child(element, 'Name').text : (scalar.name ?? `Column${index + 1}`), scalar];
  });
  return new Map(named);
}

/** Names and types of columns. */
export function typesOf(columns: Columns): [string, ValueType][] {
  return [...columns].map(([name, { type }]) => [name, type]);
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
  const value = compileScalar(node, { columns: new Map(), constants }).evaluate({}, { nowMs: 0 });
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
