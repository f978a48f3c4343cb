import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const TESTS = resolve(import.meta.dirname, '..');
/** Alone among blanks and other tags: `[host.example]:22` is none. */
const TAG = /(?<=^|[\s\]])\[([^\][\s]+)\](?=$|[\s[])/g;
const ID = /^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9_-]+)+$/;

/** One row of a table whose last column is called ID. */
export interface Row {
  readonly line: number;
  readonly text: string;
  readonly ids: readonly string[];
}

/** The rows of every table of a Markdown text, headers left out. */
export function readRows(markdown: string): Row[] {
  return markdown.split('\n').flatMap((text, index) => {
    if (!text.startsWith('|') || /^\|[-|]+\|$/.test(text) || /\| ID \|$/.test(text)) return [];
    // Within code, a pipe is escaped.
    const [last = ''] = text.split(/(?<!\\)\|/).slice(-2);
    const ids = last.split(',').map((part) => /^`(.+)`$/.exec(part.trim())?.[1] ?? `not an ID: '${part.trim()}'`);
    return [{ line: index + 1, text, ids }];
  });
}

export function isId(text: string): boolean {
  return ID.test(text);
}

/** The tags of all tests, `[ID]` in a title or in the rows of `each`, with the files they stand in. */
export function readTags(): Map<string, string[]> {
  const tags = new Map<string, string[]>();
  for (const file of readdirSync(TESTS, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.test.ts')) continue;
    const source = readFileSync(join(TESTS, file), 'utf8');
    if (!/\[[a-z][A-Za-z0-9]*\.[A-Za-z0-9_.-]+\]/.test(source)) continue;
    for (const tag of tagsOf(file, source)) tags.set(tag, [...(tags.get(tag) ?? []), file]);
  }
  return tags;
}

/** Only what names a test counts, or stands in the rows it is run with; not a string in its body. */
function tagsOf(file: string, source: string): Set<string> {
  const tags = new Set<string>();
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const tables = topLevelConstants(tree);
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) {
      for (const [, id = ''] of node.text.matchAll(TAG)) if (isId(id)) tags.add(id);
    }
    const table = ts.isIdentifier(node) ? tables.get(node.text) : undefined;
    if (table !== undefined) ts.forEachChild(table, collect);
    ts.forEachChild(node, collect);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && namesTest(node.expression)) {
      collect(node.expression);
      if (node.arguments[0] !== undefined) collect(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return tags;
}

/** Tables of cases are often constants of their own. */
function topLevelConstants(tree: ts.SourceFile): Map<string, ts.Expression> {
  const declarations = tree.statements
    .filter(ts.isVariableStatement)
    .flatMap((one) => [...one.declarationList.declarations]);
  return new Map(
    declarations.flatMap(({ name, initializer }): [string, ts.Expression][] =>
      ts.isIdentifier(name) && initializer !== undefined && ts.isArrayLiteralExpression(initializer)
        ? [[name.text, initializer]]
        : [],
    ),
  );
}

/** `it`, `it.each(…)`, `describe.skipIf(…)` and the like. */
function namesTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ['describe', 'it', 'test'].includes(callee.text);
  return (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) && namesTest(callee.expression);
}
