import type { Cluster } from '../../contracts/cluster.ts';

const EXPRESSION = /\$\$\{|\$\{([^}]*)\}/g;

/** The `${cluster.…}` expressions in some texts, without repeats. `$${` stands for a literal `${`. */
export function findExpressions(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(EXPRESSION)].flatMap((match) => match[1] ?? []));
  return [...new Set(found)];
}

/** What an expression such as `cluster.tags.ring` stands for on one cluster; undefined when the cluster has no such value. */
export function resolveExpression(expression: string, cluster: Cluster): string | undefined {
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
      const tag = /^cluster\.tags\.(.+)$/.exec(expression)?.[1]?.toLowerCase();
      return tag === undefined
        ? undefined
        : Object.entries(cluster.tags).find(([name]) => name.toLowerCase() === tag)?.[1];
    }
  }
}

/** True for expressions that some cluster could have a value for. */
export function isKnownExpression(expression: string): boolean {
  return /^cluster\.(name|location|resourceGroup|subscriptionId|type|tags\.[^}]+)$/.test(expression);
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
