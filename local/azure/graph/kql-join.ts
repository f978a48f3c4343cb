import { invalidQuery, unsupported } from './errors.ts';
import { child, elements, optionalChild, type KqlNode } from './kql-parse.ts';
import type { Relation } from './kql-relation.ts';
import { toText, type Row, type ValueType } from './values.ts';

interface Keys {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** `join kind=leftouter|inner|innerunique ... on`; a column name taken on the left gets a 1 on the right. */
export function compileJoin(operator: KqlNode, left: Relation, right: Relation): Relation {
  const kind = joinKind(operator);
  const keys = joinKeys(child(operator, 'ConditionClause'), left, right);
  const columns = new Map(left.columns);
  const renamed = new Map<string, string>();
  for (const [name, type] of right.columns) {
    const shown = freeName(name, columns);
    renamed.set(name, shown);
    columns.set(shown, type);
  }
  const unmatched = rename(emptyRow(right.columns), renamed);
  return {
    columns,
    limited: left.limited || right.limited,
    run: (source) => {
      const byKey = Map.groupBy(right.run(source), (row) => keyOf(row, keys.right));
      const rows = kind === 'innerunique' ? uniqueBy(left.run(source), keys.left) : left.run(source);
      return rows.flatMap((row) => {
        const matches = byKey.get(keyOf(row, keys.left)) ?? [];
        if (matches.length === 0) return kind === 'leftouter' ? [{ ...row, ...unmatched }] : [];
        return matches.map((match) => ({ ...row, ...rename(match, renamed) }));
      });
    },
  };
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
  for (const { leftKey, rightKey } of pairs) {
    requireColumn(leftKey, left);
    requireColumn(rightKey, right);
  }
  return { left: pairs.map(({ leftKey }) => leftKey), right: pairs.map(({ rightKey }) => rightKey) };
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

function requireColumn(name: string, relation: Relation): void {
  const type = relation.columns.get(name);
  if (type === undefined) throw invalidQuery('SemanticError', `join: failed to resolve column named '${name}'.`);
  if (type !== 'dynamic') return;
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

/** Text has no null in KQL: a missing partner leaves the empty string there. */
function emptyRow(columns: ReadonlyMap<string, ValueType>): Row {
  return Object.fromEntries([...columns].map(([name, type]) => [name, type === 'string' ? '' : null]));
}

function rename(row: Row, renamed: ReadonlyMap<string, string>): Row {
  const result: Record<string, unknown> = {};
  for (const [name, shown] of renamed) result[shown] = row[name];
  return result;
}

function uniqueBy(rows: readonly Row[], keys: readonly string[]): Row[] {
  const first = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row, keys);
    if (!first.has(key)) first.set(key, row);
  }
  return [...first.values()];
}

function keyOf(row: Row, keys: readonly string[]): string {
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return toText(row[only]);
  return JSON.stringify(keys.map((key) => toText(row[key])));
}
