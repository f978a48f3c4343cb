import type { Json } from '../flux/json.ts';
import { isExpression, parameterOf } from './parameters.ts';

/** Reads parameters of known types; what cannot be read is noted in `problems` and read as empty. */
export interface ParameterReader {
  /** A text that has to be there. */
  text(name: string): string;
  /** Null where the text is empty or absent, as the templates do. */
  optionalText(name: string): string | null;
  /** Also as text: tools write them so. */
  number(name: string): number;
  flag(name: string): boolean;
  /** Sentences without a full stop. */
  readonly problems: readonly string[];
}

export function readParameters(parameters: Json): ParameterReader {
  const problems: string[] = [];
  const read = (name: string): unknown => {
    const value = parameterOf(parameters, name);
    if (!isExpression(value)) return value;
    problems.push(`parameter '${name}' is the expression ${String(value)}, which only Azure can evaluate`);
    return undefined;
  };
  const fail = (name: string, type: string): void => {
    problems.push(`parameter '${name}' has no value that is ${type}`);
  };
  const optionalText = (name: string): string | null => {
    const value = read(name);
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string') return value;
    fail(name, 'a text');
    return null;
  };
  return {
    problems,
    optionalText,
    text: (name) => {
      const value = optionalText(name);
      if (value === null) fail(name, 'a text');
      return value ?? '';
    },
    number: (name) => {
      const value = read(name);
      const number = typeof value === 'string' && value !== '' ? Number(value) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      fail(name, 'a number');
      return 0;
    },
    flag: (name) => {
      const text = String(read(name)).toLowerCase();
      if (text !== 'true' && text !== 'false') fail(name, 'true or false');
      return text === 'true';
    },
  };
}
