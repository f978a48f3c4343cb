import { invalidQuery } from './errors.ts';
import { child, elements, type KqlNode } from './kql-parse.ts';
import type { Scalar } from './kql-scalar.ts';
import { compare, equals, isNullValue, toText } from './values.ts';

type Test = (left: unknown, right: unknown) => boolean;

/** Text operators of KQL ignore case unless their name says otherwise; `=~` and `!~` are the same for equality. */
const TESTS: Readonly<Record<string, Test>> = {
  EqualExpression: equals,
  NotEqualExpression: (left, right) => !equals(left, right),
  EqualTildeExpression: (left, right) => lower(left) === lower(right),
  BangTildeExpression: (left, right) => lower(left) !== lower(right),
  LessThanExpression: (left, right) => compare(left, right) < 0,
  LessThanOrEqualExpression: (left, right) => compare(left, right) <= 0,
  GreaterThanExpression: (left, right) => compare(left, right) > 0,
  GreaterThanOrEqualExpression: (left, right) => compare(left, right) >= 0,
  ContainsExpression: (left, right) => lower(left).includes(lower(right)),
  NotContainsExpression: (left, right) => !lower(left).includes(lower(right)),
  StartsWithExpression: (left, right) => lower(left).startsWith(lower(right)),
  NotStartsWithExpression: (left, right) => !lower(left).startsWith(lower(right)),
  EndsWithExpression: (left, right) => lower(left).endsWith(lower(right)),
  NotEndsWithExpression: (left, right) => !lower(left).endsWith(lower(right)),
  HasExpression: (left, right) => hasTerm(lower(left), lower(right)),
  NotHasExpression: (left, right) => !hasTerm(lower(left), lower(right)),
};

const MEMBERSHIPS: Readonly<Record<string, { readonly ignoreCase: boolean; readonly negated: boolean }>> = {
  InExpression: { ignoreCase: false, negated: false },
  InCsExpression: { ignoreCase: true, negated: false },
  NotInExpression: { ignoreCase: false, negated: true },
  NotInCsExpression: { ignoreCase: true, negated: true },
};

const ORDERINGS = new Set([
  'LessThanExpression',
  'LessThanOrEqualExpression',
  'GreaterThanExpression',
  'GreaterThanOrEqualExpression',
]);

export function isComparison(kind: string): boolean {
  return kind in TESTS || kind in MEMBERSHIPS;
}

/**
 * Compiles a comparison or `in`. A null on the left makes the answer null, which no `where` lets through.
 *
 * @throws ArmError 400 when dynamic is ordered against datetime: Kusto wants `todatetime()` there
 */
export function comparison(node: KqlNode, compile: (part: KqlNode) => Scalar): Scalar {
  const left = compile(child(node, 'Left'));
  const membership = MEMBERSHIPS[node.kind];
  if (membership !== undefined) return compileMembership(left, child(node, 'Right'), membership, compile);
  const test = TESTS[node.kind];
  if (test === undefined) throw new Error(`not a comparison: ${node.kind}`);
  const right = compile(child(node, 'Right'));
  requireComparable(node, left, right);
  return {
    type: 'bool',
    evaluate: (row, environment) => {
      const value = left.evaluate(row, environment);
      if (isNullValue(value)) return null;
      return test(value, right.evaluate(row, environment));
    },
  };
}

function compileMembership(
  left: Scalar,
  list: KqlNode,
  { ignoreCase, negated }: { ignoreCase: boolean; negated: boolean },
  compile: (part: KqlNode) => Scalar,
): Scalar {
  const members = elements(list.children.find(({ kind }) => kind === 'List')).map(compile);
  const key = ignoreCase ? lower : toText;
  return {
    type: 'bool',
    evaluate: (row, environment) => {
      const value = left.evaluate(row, environment);
      if (isNullValue(value)) return null;
      const wanted = key(value);
      const found = members.some((member) => keysOf(member.evaluate(row, environment), key).includes(wanted));
      return found !== negated;
    },
  };
}

/** `in (dynamic([...]))` spreads the list. */
function keysOf(value: unknown, key: (value: unknown) => string): string[] {
  return Array.isArray(value) ? value.map(key) : [key(value)];
}

function requireComparable(node: KqlNode, left: Scalar, right: Scalar): void {
  const types = new Set([left.type, right.type]);
  if (!ORDERINGS.has(node.kind) || !types.has('datetime') || types.size === 1) return;
  const message = `Cannot compare values of types ${left.type} and ${right.type} in '${node.text}'. Try adding explicit casts.`;
  throw invalidQuery('SemanticError', message);
}

function lower(value: unknown): string {
  return toText(value).toLowerCase();
}

/** `has` looks for whole terms: runs of letters and digits. */
function hasTerm(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at !== -1; at = text.indexOf(term, at + 1)) {
    if (!isTermCharacter(text[at - 1]) && !isTermCharacter(text[at + term.length])) return true;
  }
  return false;
}

function isTermCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
