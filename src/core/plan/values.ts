import type { Cluster } from '../../contracts/cluster.ts';
import type { Problem } from '../../contracts/errors.ts';
import type { Change, ConfigurationChange } from '../../contracts/flux/change.ts';
import { PLAN_VALUES_CHARACTERS_MAX } from '../../contracts/limits.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import {
  compileVariables,
  findExpressions,
  isKnownExpression,
  resolveExpression,
  variableOf,
  type CompiledVariables,
} from '../flux/cluster-values.ts';
import { templatedTexts } from '../flux/desired.ts';
import { firstTen } from './finding.ts';
import { renderedProblems } from './rendered.ts';

/** The values that a change takes from its clusters and from the plan's variables. */
export interface PlanValues {
  /** The values of every expression that the change uses, on one of the selected clusters. */
  readonly valuesOf: (cluster: Cluster) => Record<string, string>;
  readonly problems: readonly Problem[];
}

/** Resolves every expression of a change on the selected clusters; the problems name the first ten clusters each. */
export function planValues({ change, variables }: RolloutRequest, selected: readonly Cluster[]): PlanValues {
  const expressions = findExpressions(change.configurations.flatMap(textsOf));
  const compiled = compileVariables(variables);
  const resolved = new Map(selected.map((cluster) => [cluster, resolveAll(expressions, cluster, compiled)]));
  const valuesOf = (cluster: Cluster): Record<string, string> => resolved.get(cluster) ?? {};
  const unresolved = expressions.flatMap((expression) => expressionProblems(expression, selected, compiled));
  if (unresolved.length > 0) return { valuesOf, problems: unresolved };
  return { valuesOf, problems: [...renderedProblems(change, selected, valuesOf), ...sizeProblems(selected, valuesOf)] };
}

/** The texts of one configuration's change in which expressions may stand. */
export function textsOf(change: ConfigurationChange): string[] {
  switch (change.action) {
    case 'apply':
      return templatedTexts(change);
    case 'edit':
      return Object.values(change.kustomizations).flatMap((edit) =>
        [edit?.path ?? [], Object.values(edit?.postBuild?.substitute ?? {})].flat(),
      );
    case 'suspend':
    case 'resume':
    case 'remove':
      return [];
  }
}

/** Declared variables that nothing uses, most often misspelt somewhere: a warning each. */
export function unusedVariables({
  change,
  variables,
}: {
  readonly change: Change;
  readonly variables: RolloutRequest['variables'];
}): { readonly code: string; readonly detail: string }[] {
  const used = new Set(findExpressions(change.configurations.flatMap(textsOf)).map(variableOf));
  return Object.keys(variables)
    .filter((name) => !used.has(name))
    .map((name) => ({
      code: 'UnusedVariable',
      detail: `Variable ${name} is declared but nothing uses it. Write \${variables.${name}} where its value belongs, or leave it out.`,
    }));
}

function resolveAll(
  expressions: readonly string[],
  cluster: Cluster,
  variables: CompiledVariables,
): Record<string, string> {
  return Object.fromEntries(
    expressions.map((expression) => [expression, resolveExpression(expression, cluster, variables) ?? '']),
  );
}

function expressionProblems(expression: string, selected: readonly Cluster[], variables: CompiledVariables): Problem[] {
  const field = 'change.configurations';
  if (!isKnownExpression(expression)) {
    const detail = `\${${expression}} is unknown; use cluster.name, .location, .resourceGroup, .subscriptionId, .type or .tags.NAME, or variables.NAME, or write $\${ for a literal.`;
    return [{ field, code: 'UnknownExpression', detail }];
  }
  const variable = variableOf(expression);
  if (variable !== undefined && !variables.has(variable)) {
    const known =
      variables.size === 0 ? 'the plan declares none' : `the plan declares ${[...variables.keys()].join(', ')}`;
    const detail = `\${${expression}} names no variable: ${known}. Declare it under variables, or correct the name.`;
    return [{ field, code: 'UnknownVariable', detail }];
  }
  const without = selected.filter((cluster) => resolveExpression(expression, cluster, variables) === undefined);
  if (without.length === 0) return [];
  const remedy =
    variable === undefined
      ? 'Tag them, or select others'
      : 'Give the variable a value, or an override that selects them';
  const detail = `\${${expression}} has no value on ${without.length} clusters: ${firstTen(without.map(({ id }) => id))}. ${remedy}.`;
  return [{ field: variable === undefined ? field : `variables.${variable}`, code: 'UnresolvedExpression', detail }];
}

/** Values are stored with every cluster of the plan, and a plan has to fit into memory. */
function sizeProblems(selected: readonly Cluster[], valuesOf: (cluster: Cluster) => Record<string, string>): Problem[] {
  let characters = 0;
  for (const cluster of selected) {
    for (const value of Object.values(valuesOf(cluster))) characters += value.length;
  }
  if (characters <= PLAN_VALUES_CHARACTERS_MAX) return [];
  const detail = `The values of all clusters together have ${characters} characters; a plan takes at most ${PLAN_VALUES_CHARACTERS_MAX}. Shorten them, or split the rollout.`;
  return [{ field: 'variables', code: 'ValuesTooLarge', detail }];
}
