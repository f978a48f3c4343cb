import type { Cluster } from '../../contracts/cluster.ts';
import type { Variable, Variables } from '../../contracts/variables.ts';
import { compileSelector } from '../fleet/select.ts';

const EXPRESSION = /\$\$\{|\$\{([^}]*)\}/g;

/** The `${cluster.…}` and `${variables.…}` expressions in some texts, without repeats. `$${` stands for a literal `${`. */
export function findExpressions(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(EXPRESSION)].flatMap((match) => match[1] ?? []));
  return [...new Set(found)];
}

/** The variables of a plan by name, each as the function that answers its value on a cluster. */
export type CompiledVariables = ReadonlyMap<string, (cluster: Cluster) => string | undefined>;

/** Compiles the selectors of all overrides once, so that a hundred thousand clusters can be asked. */
export function compileVariables(variables: Variables): CompiledVariables {
  return new Map(Object.entries(variables).map(([name, variable]) => [name, compileVariable(variable)]));
}

function compileVariable({ value, overrides }: Variable): (cluster: Cluster) => string | undefined {
  const compiled = overrides.map((override) => ({
    matches: compileSelector(override.selector),
    value: override.value,
  }));
  return (cluster) => (compiled.find(({ matches }) => matches(cluster)) ?? { value }).value;
}

/**
 * What an expression such as `cluster.tags.ring` or `variables.path` stands for on one cluster; undefined when the cluster has
 * no such value. Of a variable, the first override that selects the cluster wins.
 */
export function resolveExpression(
  expression: string,
  cluster: Cluster,
  variables: CompiledVariables,
): string | undefined {
  switch (expression) {
    case 'cluster.name':
      return cluster.name;
    case 'cluster.location':
      return cluster.location;
    case 'cluster.resourceGroup':
      return cluster.resourceGroup;
    case 'cluster.subscriptionId':
      return cluster.subscriptionId;
    case 'cluster.type':
      return cluster.type;
    default: {
      const variable = variableOf(expression);
      return variable === undefined ? tagValue(expression, cluster) : variables.get(variable)?.(cluster);
    }
  }
}

/** Azure compares tag names without case. */
function tagValue(expression: string, cluster: Cluster): string | undefined {
  const tag = /^cluster\.tags\.(.+)$/.exec(expression)?.[1]?.toLowerCase();
  return tag === undefined ? undefined : Object.entries(cluster.tags).find(([name]) => name.toLowerCase() === tag)?.[1];
}

/** The name in `variables.NAME`; undefined for any other expression. */
export function variableOf(expression: string): string | undefined {
  return /^variables\.(.+)$/.exec(expression)?.[1];
}

/** True for expressions that some cluster of some plan could have a value for. */
export function isKnownExpression(expression: string): boolean {
  return (
    /^cluster\.(name|location|resourceGroup|subscriptionId|type|tags\.[^}]+)$/.test(expression) ||
    variableOf(expression) !== undefined
  );
}

/** Puts the values in. Every expression must have one: `freeze` has made sure. */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(EXPRESSION, (match, expression: string | undefined) => {
    if (expression === undefined) return '${';
    const value = values[expression];
    if (value === undefined) throw new RangeError(`no value for ${match}`);
    return value;
  });
}
