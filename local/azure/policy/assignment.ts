import type { Cluster, SystemData } from '../fleet/cluster.ts';
import { MANAGED, CONNECTED } from '../ids.ts';
import {
  isSet,
  type PolicyDefinition,
  type PolicyEffect,
  type PolicyParameters,
  type PolicySet,
} from './definition.ts';
import { isWithin, resourceTypeOf, scopeKey } from './scopes.ts';

/** A condition on the resources, or the members of an initiative, that something is about. */
export interface Selector {
  readonly kind: 'resourceLocation' | 'resourceType' | 'policyDefinitionReferenceId';
  readonly in?: readonly string[] | undefined;
  readonly notIn?: readonly string[] | undefined;
}

export interface Assignment {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly scope: string;
  readonly assigned: PolicyDefinition | PolicySet;
  /** Values as assigned, by parameter. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enforcementMode: 'Default' | 'DoNotEnforce' | 'Enroll';
  readonly notScopes: readonly string[];
  readonly resourceSelectors: readonly { readonly name: string; readonly selectors: readonly Selector[] }[];
  readonly overrides: readonly {
    readonly kind: 'policyEffect';
    readonly value: PolicyEffect;
    readonly selectors?: readonly Selector[] | undefined;
  }[];
  /** Object id of the managed identity that its deployments run as; only one that deploys has it. */
  readonly principalId: string | undefined;
  readonly systemData: SystemData;
}

export interface Exemption {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly assignmentId: string;
  /** Members of an initiative; absent means all. */
  readonly referenceIds: readonly string[] | undefined;
  readonly category: 'Waiver' | 'Mitigated';
  readonly expiresAtMs: number | undefined;
  readonly systemData: SystemData;
}

/** One definition under an assignment with the values that hold for it. */
export interface Member {
  readonly assignment: Assignment;
  /** undefined unless an initiative is assigned. */
  readonly referenceId: string | undefined;
  readonly definition: PolicyDefinition;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const PARAMETER = /^\[parameters\('([^']+)'\)\]$/i;

/** What an assignment comes to, definition by definition: defaults, overridden by what the initiative passes on or by what is assigned. */
export function membersOf(assignment: Assignment): Member[] {
  const { assigned, parameters } = assignment;
  const outer = { ...defaultsOf(assigned.parameters), ...parameters };
  if (!isSet(assigned)) return [{ assignment, referenceId: undefined, definition: assigned, parameters: outer }];
  return assigned.members.map(({ referenceId, definition, parameters: passed }) => {
    const values = defaultsOf(definition.parameters);
    for (const [name, value] of Object.entries(passed)) values[name] = resolve(value, outer);
    return { assignment, referenceId, definition, parameters: values };
  });
}

/** The effect of a member on a cluster; undefined where the assignment has nothing to say. Overrides come before parameters. */
export function effectOn({ assignment, referenceId, definition, parameters }: Member, cluster: Cluster): unknown {
  const isTarget =
    cluster.type === MANAGED || (cluster.type === CONNECTED && definition.demand.kind !== 'privateCluster');
  if (!isTarget || !reaches(assignment, cluster)) return undefined;
  const override = assignment.overrides.find(({ selectors = [] }) =>
    selectors.every((selector) => fits(selector, cluster, referenceId)),
  );
  return override?.value ?? parameters['effect'];
}

/** True when an exemption that has not expired covers a cluster. */
export function isExempt(
  exemptions: Iterable<Exemption>,
  { assignment, referenceId }: Member,
  cluster: Cluster,
  nowMs: number,
): boolean {
  for (const each of exemptions) {
    if (scopeKey(each.assignmentId) !== scopeKey(assignment.id) || !isWithin(cluster.id, each.scope)) continue;
    if (each.expiresAtMs !== undefined && each.expiresAtMs <= nowMs) continue;
    if (each.referenceIds === undefined || each.referenceIds.includes(referenceId ?? '')) return true;
  }
  return false;
}

function reaches({ scope, notScopes, resourceSelectors }: Assignment, cluster: Cluster): boolean {
  if (!isWithin(cluster.id, scope) || notScopes.some((each) => isWithin(cluster.id, each))) return false;
  if (resourceSelectors.length === 0) return true;
  return resourceSelectors.some(({ selectors }) => selectors.every((selector) => fits(selector, cluster, undefined)));
}

function fits(selector: Selector, cluster: Cluster, referenceId: string | undefined): boolean {
  const has = (values: readonly string[]): boolean =>
    values.some((value) => value.toLowerCase() === subject(selector, cluster, referenceId).toLowerCase());
  return (selector.in === undefined || has(selector.in)) && (selector.notIn === undefined || !has(selector.notIn));
}

function subject({ kind }: Selector, cluster: Cluster, referenceId: string | undefined): string {
  switch (kind) {
    case 'resourceLocation':
      return cluster.location;
    case 'resourceType':
      return resourceTypeOf(cluster);
    case 'policyDefinitionReferenceId':
      return referenceId ?? '';
  }
}

function defaultsOf(parameters: PolicyParameters): Record<string, unknown> {
  const given = Object.entries(parameters).filter(([, { defaultValue }]) => defaultValue !== undefined);
  return Object.fromEntries(given.map(([name, { defaultValue }]) => [name, defaultValue]));
}

function resolve(value: unknown, outer: Readonly<Record<string, unknown>>): unknown {
  const name = typeof value === 'string' ? PARAMETER.exec(value)?.[1] : undefined;
  return name === undefined ? value : outer[name];
}
