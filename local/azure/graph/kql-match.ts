import { unsupported } from './errors.ts';
import { compileScalar } from './kql-expressions.ts';
import type { Scalar, Scope } from './kql-scalar.ts';
import { child, elements, optionalChild, stringValue, type KqlNode } from './kql-parse.ts';
import type { Relation } from './kql-relation.ts';
import { toDate, toText, toWhole, type ValueType } from './values.ts';

interface Capture {
  readonly name: string;
  readonly type: ValueType;
}

/** A piece of a pattern: what lies before a literal (captured, skipped, or nothing), and the literal (none at the end). */
interface Piece {
  readonly before: Capture | 'skip' | 'nothing';
  readonly literal: string | undefined;
}

/** `parse expression with pattern`: simple mode, where the pattern has to match the whole text. */
export function compileParse(operator: KqlNode, input: Relation, constants: Scope['constants']): Relation {
  const kind = optionalChild(operator, 'Parameters')?.text ?? '';
  if (kind !== '' && !kind.includes('simple')) throw unsupported(`parse ${kind}`);
  const text = compileScalar(child(operator, 'Expression'), { columns: input.columns, constants });
  const pieces = compilePieces(elements(child(operator, 'Patterns')));
  const captures = pieces.flatMap(({ before }) => (typeof before === 'string' ? [] : [before]));
  const columns = new Map(input.columns);
  for (const [index, { name, type }] of captures.entries()) {
    const evaluate: Scalar['evaluate'] = (row, environment) =>
      typed(match(pieces, toText(text.evaluate(row, environment)))?.[index], type);
    columns.set(name, { type, name, evaluate });
  }
  return { columns, limited: input.limited, rows: input.rows };
}

/** The captured texts; undefined when the text does not match. A search per literal, which is far cheaper than a regex. */
function match(pieces: readonly Piece[], text: string): string[] | undefined {
  const found: string[] = [];
  let position = 0;
  for (const [index, { before, literal }] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    const end =
      literal === undefined ? text.length : isLast ? text.length - literal.length : text.indexOf(literal, position);
    if (end < position || (literal !== undefined && !text.startsWith(literal, end))) return undefined;
    if (before === 'nothing' && end !== position) return undefined;
    if (typeof before !== 'string') found.push(text.slice(position, end));
    position = end + (literal?.length ?? 0);
  }
  return position === text.length ? found : undefined;
}

function compilePieces(parts: readonly KqlNode[]): Piece[] {
  const pieces: Piece[] = [];
  let before: Piece['before'] = 'nothing';
  for (const part of parts) {
    if (part.kind === 'StringLiteralExpression') {
      pieces.push({ before, literal: stringValue(part.text) });
      before = 'nothing';
    } else {
      if (before !== 'nothing') throw unsupported('parse with two columns side by side');
      before = part.kind === 'StarExpression' ? 'skip' : captureOf(part);
    }
  }
  if (before !== 'nothing') pieces.push({ before, literal: undefined });
  return pieces;
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
