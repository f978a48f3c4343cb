import { unsupported } from './errors.ts';
import { compileScalar, type Scope } from './kql-expressions.ts';
import { child, elements, optionalChild, stringValue, type KqlNode } from './kql-parse.ts';
import type { Relation } from './kql-relation.ts';
import { toDate, toText, toWhole, type Row, type ValueType } from './values.ts';

interface Capture {
  readonly name: string;
  readonly type: ValueType;
}

/** `parse expression with pattern`: simple mode, where the pattern has to match the whole text. */
export function compileParse(operator: KqlNode, input: Relation, constants: Scope['constants']): Relation {
  const kind = optionalChild(operator, 'Parameters')?.text ?? '';
  if (kind !== '' && !kind.includes('simple')) throw unsupported(`parse ${kind}`);
  const text = compileScalar(child(operator, 'Expression'), { columns: input.columns, constants });
  const { pattern, captures } = compilePattern(elements(child(operator, 'Patterns')));
  const columns = new Map(input.columns);
  for (const { name, type } of captures) columns.set(name, type);
  const parse = (row: Row, value: unknown): Row => {
    const match = pattern.exec(toText(value));
    const found = captures.map(({ name, type }, index) => [name, typed(match?.[index + 1], type)] as const);
    return { ...row, ...Object.fromEntries(found) };
  };
  return {
    columns,
    limited: input.limited,
    run: (source) => input.run(source).map((row) => parse(row, text.evaluate(row, source))),
  };
}

function compilePattern(parts: readonly KqlNode[]): { pattern: RegExp; captures: Capture[] } {
  const captures: Capture[] = [];
  let source = '^';
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'StarExpression') source += '[^]*?';
    else if (part.kind === 'StringLiteralExpression') source += escaped(stringValue(part.text));
    else {
      captures.push(captureOf(part));
      source += index === parts.length - 1 ? '([^]*)' : '([^]*?)';
    }
  }
  return { pattern: new RegExp(`${source}$`), captures };
}

function captureOf(part: KqlNode): Capture {
  if (part.kind !== 'NameAndTypeDeclaration') return { name: part.text, type: 'string' };
  const name = child(part, 'Name').text;
  const type = child(part, 'Type').text;
  if (type === 'string' || type === 'long' || type === 'datetime') return { name, type };
  if (type === 'int') return { name, type: 'long' };
  throw unsupported(`The type '${type}' in parse`);
}

/** Text that did not match is empty, other types are null. */
function typed(value: string | undefined, type: ValueType): unknown {
  if (type === 'long') return value === undefined ? null : toWhole(value);
  if (type === 'datetime') return value === undefined ? null : toDate(value);
  return value ?? '';
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
