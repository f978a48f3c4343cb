import { isJsonObject } from '../json.ts';
import type { Environment, Scalar } from './kql-scalar.ts';
import { equals, isNullValue, toBool, toDate, toText, toWhole, type Row, type ValueType } from './values.ts';

type Evaluate = (row: Row, environment: Environment) => unknown;

/** A scalar function of KQL: its type, how many arguments it takes, and how it works on evaluated arguments. */
interface KqlFunction {
  readonly type: ValueType | 'argument';
  readonly least: number;
  readonly most: number;
  readonly apply: (values: readonly unknown[], environment: Environment) => unknown;
}

/** Builds a call, or undefined when there is no such function with so many arguments. */
export function callFunction(name: string, args: readonly Scalar[]): Scalar | undefined {
  const found = FUNCTIONS[name];
  if (found === undefined || args.length < found.least || args.length > found.most) return undefined;
  const type = found.type === 'argument' ? typeOfBranches(name, args) : found.type;
  const first = args[0];
  return { type, name: args.length === 1 ? first?.name : undefined, evaluate: evaluator(found, args) };
}

function evaluator(found: KqlFunction, args: readonly Scalar[]): Evaluate {
  const [first, second] = args;
  // One and two arguments are the common cases, and rows are many: no array is mapped for them.
  if (first !== undefined && args.length === 1) {
    return (row, environment) => found.apply([first.evaluate(row, environment)], environment);
  }
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (row, environment) =>
      found.apply([first.evaluate(row, environment), second.evaluate(row, environment)], environment);
  }
  return (row, environment) =>
    found.apply(
      args.map((arg) => arg.evaluate(row, environment)),
      environment,
    );
}

/** Branches of one type keep it; anything else is dynamic. */
function typeOfBranches(name: string, args: readonly Scalar[]): ValueType {
  const branches = name === 'coalesce' ? args : args.filter((_, index) => index % 2 === 1 || index === args.length - 1);
  const types = new Set(branches.map(({ type }) => type));
  const [only] = types;
  return types.size === 1 && only !== undefined ? only : 'dynamic';
}

const FUNCTIONS: Readonly<Record<string, KqlFunction>> = {
  tolower: of('string', 1, 1, ([value]) => toText(value).toLowerCase()),
  tostring: of('string', 1, 1, ([value]) => toText(value)),
  tobool: of('bool', 1, 1, ([value]) => toBool(value)),
  toint: of('long', 1, 1, ([value]) => toWhole(value)),
  tolong: of('long', 1, 1, ([value]) => toWhole(value)),
  todatetime: of('datetime', 1, 1, ([value]) => toDate(value)),
  coalesce: of('argument', 2, 64, (values) => values.find(isPresent) ?? null),
  isempty: of('bool', 1, 1, ([value]) => toText(value) === ''),
  isnotempty: of('bool', 1, 1, ([value]) => toText(value) !== ''),
  isnull: of('bool', 1, 1, ([value]) => isNullValue(value)),
  isnotnull: of('bool', 1, 1, ([value]) => !isNullValue(value)),
  not: of('bool', 1, 1, ([value]) => (isNullValue(value) ? null : value !== true)),
  iff: of('argument', 3, 3, ([condition, yes, no]) => (condition === true ? yes : no)),
  case: of('argument', 3, 65, chooseCase),
  strcat: of('string', 1, 64, (values) => values.map(toText).join('')),
  split: of('dynamic', 2, 3, splitText),
  extract: of('string', 3, 3, ([pattern, group, text]) => extractText(toText(pattern), toWhole(group), toText(text))),
  array_length: of('long', 1, 1, ([value]) => (Array.isArray(value) ? value.length : null)),
  parse_json: of('dynamic', 1, 1, ([value]) => parseJson(value)),
  now: of('datetime', 0, 1, ([offset], { nowMs }) => new Date(nowMs + (typeof offset === 'number' ? offset : 0))),
  ago: of('datetime', 1, 1, ([span], { nowMs }) => (typeof span === 'number' ? new Date(nowMs - span) : null)),
};

function of(type: ValueType | 'argument', least: number, most: number, apply: KqlFunction['apply']): KqlFunction {
  return { type, least, most, apply };
}

/** `coalesce` skips nulls, and for text the empty string too, because KQL text has no null. */
function isPresent(value: unknown): boolean {
  return !isNullValue(value) && value !== '';
}

function chooseCase(values: readonly unknown[]): unknown {
  for (let index = 0; index + 1 < values.length; index += 2) {
    if (equals(values[index], true)) return values[index + 1];
  }
  return values[values.length - 1];
}

function splitText([text, delimiter, index]: readonly unknown[]): unknown {
  const parts = toText(text).split(toText(delimiter));
  return typeof index === 'number' ? parts.slice(index, index + 1) : parts;
}

function extractText(pattern: string, group: number | null, text: string): string {
  return new RegExp(pattern).exec(text)?.[group ?? 0] ?? '';
}

function parseJson(value: unknown): unknown {
  if (isJsonObject(value) || Array.isArray(value)) return value;
  try {
    const parsed: unknown = JSON.parse(toText(value));
    return parsed;
  } catch {
    return toText(value);
  }
}
