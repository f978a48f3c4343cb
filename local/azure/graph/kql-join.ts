import { invalidQuery, unsupported } from './errors.ts';
import { child, elements, optionalChild, type KqlNode } from './kql-parse.ts';
import type { Environment, Scalar } from './kql-scalar.ts';
import { nestedColumns, type Relation } from './kql-relation.ts';
import { toText, type Row } from './values.ts';

interface Keys {
  readonly left: readonly Scalar[];
  readonly right: readonly Scalar[];
}

/** `join kind=leftouter|inner|innerunique ... on`; a column name taken on the left gets a 1 on the right. */
export function compileJoin(operator: KqlNode, left: Relation, right: Relation): Relation {
  const kind = joinKind(operator);
  const keys = joinKeys(child(operator, 'ConditionClause'), left, right);
  const columns = new Map(nestedColumns(left.columns, 'left'));
  for (const [name, column] of nestedColumns(right.columns, 'right')) columns.set(freeName(name, columns), column);
  const rows: Relation['rows'] = (source) => {
    const byKey = Map.groupBy(right.rows(source), keyOf(keys.right, source));
    const leftKey = keyOf(keys.left, source);
    const all = left.rows(source);
    const chosen = kind === 'innerunique' ? uniqueBy(all, leftKey) : all;
    return chosen.flatMap((row): Row[] => {
      const partners = byKey.get(leftKey(row));
      if (partners === undefined) return kind === 'leftouter' ? [{ left: row }] : [];
      return partners.map((partner) => ({ left: row, right: partner }));
    });
  };
  return { columns, limited: left.limited || right.limited, rows };
}

function joinKind(operator: KqlNode): 'leftouter' | 'inner' | 'innerunique' {
  const parameters = elements(optionalChild(operator, 'Parameters'));
  const kind = parameters.find((each) => child(each, 'Name').text === 'kind');
  const text = kind === undefined ? 'innerunique' : child(kind, 'Expression').text;
  if (text === 'leftouter' || text === 'inner' || text === 'innerunique') return text;
  throw unsupported(`join kind=${text}`);
}

function joinKeys(clause: KqlNode, left: Relation, right: Relation): Keys {
  if (clause.kind !== 'JoinOnClause') throw unsupported(`join ... ${clause.text}`);
  const pairs = elements(child(clause, 'Expressions')).map((each) => joinPair(each));
  return {
    left: pairs.map(({ leftKey }) => keyColumn(leftKey, left)),
    right: pairs.map(({ rightKey }) => keyColumn(rightKey, right)),
  };
}

function joinPair(node: KqlNode): { leftKey: string; rightKey: string } {
  if (node.kind === 'NameReference') return { leftKey: node.text, rightKey: node.text };
  if (node.kind === 'EqualExpression') {
    const sides = [child(node, 'Left'), child(node, 'Right')].map((side) => ({
      side: side.kind === 'PathExpression' ? child(side, 'Expression').text : '',
      column: side.kind === 'PathExpression' ? child(side, 'Selector').text : '',
    }));
    const leftKey = sides.find(({ side }) => side === '$left')?.column;
    const rightKey = sides.find(({ side }) => side === '$right')?.column;
    if (leftKey !== undefined && rightKey !== undefined) return { leftKey, rightKey };
  }
  throw unsupported(`The join condition '${node.text}'`);
}

function keyColumn(name: string, relation: Relation): Scalar {
  const column = relation.columns.get(name);
  if (column === undefined) throw invalidQuery('SemanticError', `join: failed to resolve column named '${name}'.`);
  if (column.type !== 'dynamic') return column;
  throw invalidQuery(
    'SemanticError',
    `join key '${name}' is of type dynamic; use an explicit cast such as tostring().`,
  );
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  for (let suffix = 0; ; suffix++) {
    const candidate = suffix === 0 ? name : `${name}${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function uniqueBy(rows: readonly Row[], key: (row: Row) => string): Row[] {
  const first = new Map<string, Row>();
  for (const row of rows) {
    const text = key(row);
    if (!first.has(text)) first.set(text, row);
  }
  return [...first.values()];
}

function keyOf(columns: readonly Scalar[], environment: Environment): (row: Row) => string {
  const [only] = columns;
  if (only !== undefined && columns.length === 1) return (row) => toText(only.evaluate(row, environment));
  return (row) => JSON.stringify(columns.map(({ evaluate }) => toText(evaluate(row, environment))));
}
