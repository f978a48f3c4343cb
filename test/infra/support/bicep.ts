import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';

/** What cannot be known without deploying: the text of an expression, and its node for whoever looks closer. */
export class Code {
  readonly text: string;
  readonly node: Node;
  constructor(node: Node) {
    this.text = node.text.replaceAll(/\s+/g, ' ');
    this.node = node;
  }
}

export type Value = string | number | boolean | null | Code | Value[] | { [key: string]: Value };

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly default: Value | undefined;
  /** Arguments by decorator, such as `maxLength` → `[64]`. */
  readonly decorators: ReadonlyMap<string, readonly Value[]>;
}

export interface Resource {
  readonly symbol: string;
  readonly type: string;
  readonly version: string;
  readonly isExisting: boolean;
  readonly body: { [key: string]: Value };
  /** What follows `in` of a loop. */
  readonly over: string | undefined;
}

export interface Module {
  readonly symbol: string;
  readonly path: string;
  readonly params: { [key: string]: Value };
}

export interface Template {
  /** Path below `infra/`. */
  readonly file: string;
  readonly root: Node;
  readonly targetScope: string;
  readonly params: ReadonlyMap<string, Parameter>;
  readonly variables: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
}

const require = createRequire(import.meta.url);
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));

/** Parses the text of a template. Errors of syntax are in the tree (`root.hasError`), not thrown. */
export function parseBicep(text: string): Node {
  return parser.parse(text)!.rootNode;
}

export function readTemplate(folder: URL, file: string): Template {
  const root = parseBicep(readFileSync(new URL(file, folder), 'utf8'));
  const all = (type: string): Node[] => root.namedChildren.filter((node) => node.type === type);
  const named = (type: string): [string, Value][] =>
    all(type).map((node) => [nameOf(node), valueOf(node.namedChildren.at(-1)!)]);
  const scope = all('target_scope_assignment')[0]?.namedChildren[0];
  return {
    file,
    root,
    targetScope: scope ? textOf(valueOf(scope)) : 'resourceGroup',
    params: new Map(all('parameter_declaration').map((node) => [nameOf(node), toParameter(node)])),
    variables: new Map(named('variable_declaration')),
    outputs: new Map(named('output_declaration')),
    resources: all('resource_declaration').map(toResource),
    modules: all('module_declaration').map(toModule),
  };
}

function nameOf(declaration: Node): string {
  return declaration.namedChildren[0]!.text;
}

function toParameter(node: Node): Parameter {
  const equals = node.children.findIndex((child) => child.type === '=');
  const before = node.previousNamedSibling;
  const decorators = before?.type === 'decorators' ? before.namedChildren : [];
  return {
    name: nameOf(node),
    type: node.namedChildren[1]!.text,
    default: equals < 0 ? undefined : valueOf(node.children[equals + 1]!),
    decorators: new Map(
      decorators.map((decorator) => {
        const [name, given] = decorator.namedChildren[0]!.namedChildren;
        return [name!.text, given!.namedChildren.map((argument) => valueOf(argument))];
      }),
    ),
  };
}

function toResource(node: Node): Resource {
  const [type = '', version = ''] = textOf(valueOf(node.namedChildren[1]!)).split('@');
  const { body, over } = bodyOf(node);
  const isExisting = node.children.some((child) => child.type === 'existing');
  return { symbol: nameOf(node), type, version, isExisting, body, over };
}

function toModule(node: Node): Module {
  const { params = {} } = bodyOf(node).body;
  return {
    symbol: nameOf(node),
    path: textOf(valueOf(node.namedChildren[1]!)),
    params: params as Module['params'],
  };
}

/** The object of a resource or module, out of its condition and loop. */
function bodyOf(declaration: Node): { body: { [key: string]: Value }; over: string | undefined } {
  let node = declaration.namedChildren.at(-1)!;
  let over: string | undefined;
  if (node.type === 'for_statement') {
    over = node.namedChildren[1]!.text;
    node = node.namedChildren.at(-1)!;
  }
  if (node.type === 'if_statement') node = node.namedChildren.at(-1)!;
  return { body: valueOf(node) as { [key: string]: Value }, over };
}

/** Literals as they are, all else as code. */
export function valueOf(node: Node): Value {
  switch (node.type) {
    case 'string':
      return node.namedChildren.some((part) => part.type === 'interpolation')
        ? new Code(node)
        : node.namedChildren.map((part) => part.text).join('');
    case 'number':
      return Number(node.text);
    case 'boolean':
      return node.text === 'true';
    case 'null':
      return null;
    case 'array':
      return node.namedChildren.filter((item) => item.type !== 'comment').map((item) => valueOf(item));
    case 'object': {
      const properties = node.namedChildren.filter((property) => property.type === 'object_property');
      return Object.fromEntries(
        properties.map((property) => {
          const [key, value] = property.namedChildren;
          const name = valueOf(key!);
          return [name instanceof Code && key!.type === 'identifier' ? key!.text : textOf(name), valueOf(value!)];
        }),
      );
    }
    default:
      return new Code(node);
  }
}

/** The text of a literal, or of the expression; objects and lists as JSON. */
export function textOf(value: Value | undefined): string {
  if (value instanceof Code) return value.text;
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
