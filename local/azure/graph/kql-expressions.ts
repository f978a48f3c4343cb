import { isJsonObject } from '../json.ts';
import { invalidQuery, unsupported } from './errors.ts';
import { callFunction } from './functions.ts';
import { child, elements, stringValue, type KqlNode } from './kql-parse.ts';
import { comparison, isComparison } from './kql-comparisons.ts';
import type { Scalar, Scope } from './kql-scalar.ts';
import { toDate, toText, type ValueType } from './values.ts';

/** Compiles an expression. @throws ArmError 400 that names what is unknown or not supported */
export function compileScalar(node: KqlNode, scope: Scope): Scalar {
  const literal = compileLiteral(node, scope);
  if (literal !== undefined) return literal;
  if (isComparison(node.kind)) {
    return comparison(node, (part) => compileScalar(part, scope));
  }
  switch (node.kind) {
    case 'NameReference':
      return compileName(node.text, scope);
    case 'PathExpression':
      return compileField(compileScalar(child(node, 'Expression'), scope), child(node, 'Selector').text);
    case 'ElementExpression':
      return compileElement(node, scope);
    case 'ParenthesizedExpression':
      return compileScalar(child(node, 'Expression'), scope);
    case 'AndExpression':
    case 'OrExpression':
      return compileLogic(node, scope);
    case 'AddExpression':
    case 'SubtractExpression':
      return compileArithmetic(node, scope);
    case 'FunctionCallExpression':
      return compileCall(node, scope);
    default:
      throw unsupported(`The expression '${node.text}' (${node.kind})`);
  }
}

function compileName(name: string, scope: Scope): Scalar {
  const column = scope.columns.get(name);
  if (column !== undefined) return { ...column, name };
  const constant = scope.constants.get(name);
  if (constant !== undefined) return constant;
  throw invalidQuery('SemanticError', `Failed to resolve column or scalar expression named '${name}'.`);
}

function compileField(base: Scalar, field: string): Scalar {
  requireDynamic(base, field);
  const name = base.name === undefined ? undefined : `${base.name}_${field}`;
  const evaluate: Scalar['evaluate'] = (row, environment) => {
    const value = base.evaluate(row, environment);
    return isJsonObject(value) ? (value[field] ?? null) : null;
  };
  return { type: 'dynamic', name, evaluate };
}

function compileElement(node: KqlNode, scope: Scope): Scalar {
  const base = compileScalar(child(node, 'Expression'), scope);
  const index = compileScalar(child(child(node, 'Selector'), 'Expression'), scope);
  if (index.type === 'string') {
    const field = toText(index.evaluate({}, { nowMs: 0 }));
    return compileField(base, field);
  }
  requireDynamic(base, node.text);
  const evaluate: Scalar['evaluate'] = (row, environment) => {
    const list = base.evaluate(row, environment);
    const position = index.evaluate(row, environment);
    if (!Array.isArray(list) || typeof position !== 'number') return null;
    const element: unknown = list.at(position);
    return element ?? null;
  };
  return { type: 'dynamic', evaluate };
}

function requireDynamic(base: Scalar, what: string): void {
  if (base.type === 'dynamic') return;
  throw invalidQuery('SemanticError', `Cannot read '${what}' of a value of type ${base.type}; it must be dynamic.`);
}

/** Null counts as false here, which is what a `where` makes of it in the end. */
function compileLogic(node: KqlNode, scope: Scope): Scalar {
  const left = compileScalar(child(node, 'Left'), scope);
  const right = compileScalar(child(node, 'Right'), scope);
  const evaluate: Scalar['evaluate'] =
    node.kind === 'AndExpression'
      ? (row, environment) => left.evaluate(row, environment) === true && right.evaluate(row, environment) === true
      : (row, environment) => left.evaluate(row, environment) === true || right.evaluate(row, environment) === true;
  return { type: 'bool', evaluate };
}

function compileArithmetic(node: KqlNode, scope: Scope): Scalar {
  const left = compileScalar(child(node, 'Left'), scope);
  const right = compileScalar(child(node, 'Right'), scope);
  const sign = node.kind === 'AddExpression' ? 1 : -1;
  const isDifference = left.type === 'datetime' && right.type === 'datetime';
  const type = isDifference ? 'timespan' : left.type === 'dynamic' ? 'real' : left.type;
  const evaluate: Scalar['evaluate'] = (row, environment) => {
    const [first, second] = [left.evaluate(row, environment), right.evaluate(row, environment)];
    const amount = second instanceof Date ? second.getTime() : second;
    if (typeof amount !== 'number') return null;
    if (!(first instanceof Date)) return typeof first === 'number' ? first + sign * amount : null;
    const sum = first.getTime() + sign * amount;
    return isDifference ? sum : new Date(sum);
  };
  return { type, evaluate };
}

function compileCall(node: KqlNode, scope: Scope): Scalar {
  const name = child(node, 'Name').text;
  const list = child(node, 'ArgumentList');
  const args = elements(list.children.find(({ kind }) => kind === 'List')).map((each) => compileScalar(each, scope));
  const call = callFunction(name, args);
  if (call === undefined) throw unsupported(`The function ${name}() with ${args.length} arguments`);
  return call;
}

function compileLiteral(node: KqlNode, scope: Scope): Scalar | undefined {
  switch (node.kind) {
    case 'StringLiteralExpression':
      return constant('string', stringValue(node.text));
    case 'LongLiteralExpression':
    case 'IntLiteralExpression':
      return constant('long', Number(node.text));
    case 'RealLiteralExpression':
      return constant('real', Number(node.text));
    case 'BooleanLiteralExpression':
      return constant('bool', node.text.toLowerCase() === 'true');
    case 'DateTimeLiteralExpression':
      return constant('datetime', toDate(node.text.replace(/^\w+\s*\(|\)$/g, '').trim()));
    case 'TimespanLiteralExpression':
      return constant('timespan', timespanMs(node.text));
    case 'UnaryMinusExpression': {
      const { type, evaluate } = compileScalar(child(node, 'Expression'), scope);
      return constant(type, -Number(evaluate({}, { nowMs: 0 })));
    }
    case 'DynamicExpression':
      return constant('dynamic', dynamicValue(child(node, 'Expression').text));
    default:
      return undefined;
  }
}

function constant(type: ValueType, value: unknown): Scalar {
  return { type, evaluate: () => value };
}

function dynamicValue(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text.replaceAll("'", '"'));
    return parsed;
  } catch {
    throw unsupported(`The literal dynamic(${text})`);
  }
}

const UNITS_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

function timespanMs(text: string): number {
  const [, amount, unit = ''] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  const factor = UNITS_MS[unit];
  if (factor === undefined) throw unsupported(`The timespan '${text}'`);
  return Number(amount) * factor;
}
