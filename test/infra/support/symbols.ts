import type { Node } from 'web-tree-sitter';
import type { Template } from './bicep.ts';

/** Functions of Bicep that the templates may use (learn.microsoft.com, "Bicep functions"). */
const FUNCTIONS = new Set(
  (
    'cidrSubnet concat empty environment filter guid items join loadJsonContent loadTextContent managementGroup map ' +
    'replace resourceGroup resourceId split string subscription subscriptionResourceId tenant toLower trim union uniqueString'
  ).split(' '),
);
const DECORATORS = new Set(['allowed', 'description', 'maxLength', 'maxValue', 'minLength', 'minValue']);

/** What the compiler would say about names: those that nothing declares, and parameters and variables that nothing uses. */
export function nameErrors({ root, params, variables, resources, modules }: Template): string[] {
  const declared = new Set([
    ...[...params.keys(), ...variables.keys()],
    ...[...resources, ...modules].map(({ symbol }) => symbol),
  ]);
  const used = new Set<string>();
  const errors: string[] = [];
  for (const node of root.descendantsOfType('identifier')) {
    const name = node.text;
    const parent = node.parent!;
    if (isDeclaration(node, parent)) continue;
    if (parent.type === 'call_expression' && isFirst(node, parent)) {
      const known = parent.parent?.type === 'decorator' ? DECORATORS : FUNCTIONS;
      if (!known.has(name)) errors.push(`line ${node.startPosition.row + 1}: no function ${name}`);
    } else if (declared.has(name)) {
      used.add(name);
    } else if (!isLocal(name, node)) {
      errors.push(`line ${node.startPosition.row + 1}: ${name} is not declared`);
    }
  }
  const unused = [...params.keys(), ...variables.keys()].filter((name) => !used.has(name));
  return [...errors, ...unused.map((name) => `${name} is not used`)];
}

/** A name that is introduced here, or a key of an object. */
function isDeclaration(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'parameter_declaration':
    case 'variable_declaration':
    case 'resource_declaration':
    case 'module_declaration':
    case 'output_declaration':
    case 'object_property':
    case 'for_statement':
      return isFirst(node, parent);
    case 'lambda_expression':
      return isFirst(node, parent);
    default:
      return false;
  }
}

function isFirst(node: Node, parent: Node): boolean {
  return parent.namedChildren[0]!.id === node.id;
}

/** A variable of a loop or lambda around the node. */
function isLocal(name: string, node: Node): boolean {
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    if (outer.type !== 'for_statement' && outer.type !== 'lambda_expression') continue;
    const [first] = outer.namedChildren;
    const names = first!.type === 'for_loop_parameters' ? first!.namedChildren.map((one) => one.text) : [first!.text];
    if (names.includes(name)) return true;
  }
  return false;
}
