import { createRequire } from 'node:module';
import { z } from 'zod';
import { invalidQuery } from './errors.ts';

/**
 * A node of a query's syntax tree: plain data, detached from Microsoft's parser. `kind` is its SyntaxKind, `role` the
 * property of the parent that holds it, `text` the source text of the node.
 */
export interface KqlNode {
  readonly kind: string;
  readonly role: string;
  readonly text: string;
  readonly children: readonly KqlNode[];
}

interface ParserNode {
  readonly Kind: number;
  readonly Text?: string;
  readonly NameInParent?: string | null;
  readonly ChildCount: number;
  GetChild(index: number): ParserNode | null | undefined;
}

interface Diagnostics {
  readonly Count: number;
  getItem(index: number): { readonly Message: string; readonly Start: number };
}

interface Parser {
  readonly Language: {
    readonly KustoCode: {
      Parse(query: string): { readonly Syntax: ParserNode; GetSyntaxDiagnostics(): Diagnostics };
    };
    readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, unknown>> };
  };
}

const parserModule = z.custom<Parser>(
  (value) => z.looseObject({ Language: z.looseObject({}) }).safeParse(value).success,
  'the Kusto parser did not load',
);

/**
 * Makes the parse function. Microsoft's Kusto parser is large (4 MB, most of a second until its first answer), so it loads
 * with the first query only.
 *
 * @returns a function that throws ArmError 400 on a query that does not parse
 */
export function lazyKqlParser(): (query: string) => KqlNode {
  let loaded: { parser: Parser; kinds: Map<number, string> } | undefined;
  return (query) => {
    loaded ??= loadParser();
    const code = loaded.parser.Language.KustoCode.Parse(query);
    const problems = code.GetSyntaxDiagnostics();
    if (problems.Count > 0) {
      const { Message, Start } = problems.getItem(0);
      throw invalidQuery('ParserFailure', `${Message} at character ${Start}`);
    }
    return convert(code.Syntax, loaded.kinds);
  };
}

function loadParser(): { parser: Parser; kinds: Map<number, string> } {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const parser = parserModule.parse(Reflect.get(globalThis, 'Kusto'));
  const kinds = new Map<number, string>();
  for (const [name, value] of Object.entries(parser.Language.Syntax.SyntaxKind)) {
    if (typeof value === 'number') kinds.set(value, name);
  }
  return { parser, kinds };
}

function convert(node: ParserNode, kinds: Map<number, string>): KqlNode {
  const kind = kinds.get(node.Kind) ?? String(node.Kind);
  const role = node.NameInParent ?? '';
  if (node.ChildCount === 0) return { kind, role, text: node.Text ?? '', children: [] };
  const children: KqlNode[] = [];
  for (let index = 0; index < node.ChildCount; index++) {
    const child = node.GetChild(index);
    if (child !== null && child !== undefined) children.push(convert(child, kinds));
  }
  const text = children
    .map((child) => child.text)
    .filter((part) => part !== '')
    .join(' ');
  return { kind, role, text, children };
}

/** The child in a role. @throws Error when the grammar has no such child: a bug of the evaluator, not of the query */
export function child(node: KqlNode, role: string): KqlNode {
  const found = node.children.find((each) => each.role === role);
  if (found === undefined) throw new Error(`${node.kind} has no ${role}: ${node.text}`);
  return found;
}

/** The child in a role, if the query has it. */
export function optionalChild(node: KqlNode, role: string): KqlNode | undefined {
  const found = node.children.find((each) => each.role === role);
  return found === undefined || found.text === '' ? undefined : found;
}

/** The elements of a list without their separators. */
export function elements(list: KqlNode | undefined): readonly KqlNode[] {
  return (list?.children ?? []).flatMap((each) =>
    each.kind === 'SeparatedElement' ? each.children.slice(0, 1) : [each],
  );
}

/** The value of a string literal: quotes removed, escapes resolved; `@'...'` is taken as it stands. */
export function stringValue(text: string): string {
  const verbatim = text.startsWith('@');
  const start = verbatim ? 2 : 1;
  const inner = text.slice(start, -1);
  const quote = text[start - 1] ?? "'";
  if (verbatim) return inner.replaceAll(quote + quote, quote);
  return inner.replace(/\\(.)/g, (_, escaped: string) => ({ n: '\n', t: '\t', r: '\r' })[escaped] ?? escaped);
}
