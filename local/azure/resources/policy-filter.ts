import { ArmError } from '../http/errors.ts';

/** A record that a filter looks at, by lower-case field name. */
export type FilterFields = Readonly<Record<string, string | boolean>>;
export type Filter = (fields: FilterFields) => boolean;

const TOKEN = /\s*(?:([()])|'((?:[^']|'')*)'|([A-Za-z]+))/y;
const LENGTH_MAX = 4096;

/**
 * Compiles `$filter` of policy states: `field eq 'value'` and `ne`, joined by `and` and `or`, with brackets. Values are compared without
 * case, since the ids in states have a casing of their own.
 *
 * @throws ArmError 400 for anything else
 */
export function compileFilter(text: string, fields: ReadonlySet<string>): Filter {
  if (text.trim() === '') return () => true;
  if (text.length > LENGTH_MAX) throw invalid('it is too long');
  const tokens = tokenise(text);
  let index = 0;
  const next = (): Token => {
    const token = tokens[index++];
    if (token === undefined) throw invalid('it ends too early');
    return token;
  };
  const takeWord = (word: string): boolean => {
    const isNext = tokens[index]?.kind === 'word' && tokens[index]?.text.toLowerCase() === word;
    if (isNext) index++;
    return isNext;
  };
  const joined = (operand: () => Filter, word: string, join: (left: Filter, right: Filter) => Filter): Filter => {
    let filter = operand();
    while (takeWord(word)) filter = join(filter, operand());
    return filter;
  };
  const either = (): Filter => joined(both, 'or', (left, right) => (record) => left(record) || right(record));
  const both = (): Filter => joined(one, 'and', (left, right) => (record) => left(record) && right(record));
  const one = (): Filter => {
    const first = next();
    if (first.kind !== 'bracket') return comparison(first, next(), next(), fields);
    const inner = either();
    if (next().text !== ')') throw invalid('a bracket is not closed');
    return inner;
  };
  const filter = either();
  if (index < tokens.length) throw invalid(`'${tokens[index]?.text ?? ''}' is not expected`);
  return filter;
}

interface Token {
  readonly kind: 'bracket' | 'text' | 'word';
  readonly text: string;
}

function comparison(field: Token, operator: Token, value: Token, fields: ReadonlySet<string>): Filter {
  const name = field.text.toLowerCase();
  if (field.kind !== 'word' || !fields.has(name)) throw invalid(`'${field.text}' is not a field`);
  if (operator.text !== 'eq' && operator.text !== 'ne')
    throw invalid(`the operator '${operator.text}' is not supported`);
  const isFlag = value.kind === 'word' && (value.text === 'true' || value.text === 'false');
  if (value.kind !== 'text' && !isFlag) throw invalid(`'${value.text}' is not a value`);
  const wanted = value.text.toLowerCase();
  const isEqual = operator.text === 'eq';
  return (record) => (String(record[name] ?? '').toLowerCase() === wanted) === isEqual;
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  for (let at = 0; at < trimmed.length;) {
    TOKEN.lastIndex = at;
    const [whole, bracket, quoted, word] = TOKEN.exec(trimmed) ?? [];
    if (whole === undefined) throw invalid(`'${trimmed.slice(at, at + 20)}' cannot be read`);
    if (bracket !== undefined) tokens.push({ kind: 'bracket', text: bracket });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'") });
    else tokens.push({ kind: 'word', text: word ?? '' });
    at += whole.length;
  }
  return tokens;
}

function invalid(why: string): ArmError {
  return new ArmError(400, { code: 'InvalidFilterInQueryString', message: `The $filter is not valid: ${why}.` });
}
