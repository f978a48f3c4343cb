import type { Json } from '../flux/json.ts';
import type { PolicyAssignment, PolicyDefinition, PolicySet, PolicySetMember } from './records.ts';
import { selectorsMatch, type PolicySubject } from './selectors.ts';

/** The place of a definition in an initiative. */
export interface PolicyMembership {
  readonly set: PolicySet;
  readonly member: PolicySetMember;
}

const PARAMETER = /^\[\s*parameters\(\s*'([^']+)'\s*\)\s*\]$/i;

/**
 * The parameters that a definition is evaluated with on one cluster: its defaults, under what the assignment gives, or, in an
 * initiative, what the initiative passes on. The first override of the assignment that takes the cluster replaces `effect`.
 *
 * Names are compared without case, as ARM does (the built-in definitions themselves vary it). Of expressions only
 * `[parameters('x')]` is resolved; another one stays as it is written, and `policyDesired` calls it unreadable.
 */
export function effectiveParameters(
  definition: PolicyDefinition,
  membership: PolicyMembership | undefined,
  assignment: PolicyAssignment,
  cluster: PolicySubject,
): Json {
  const given = membership === undefined ? assignment.parameters : passedOn(membership, assignment);
  const referenceId = membership?.member.referenceId;
  const override = assignment.overrides.find(
    (entry) =>
      String(entry.kind).toLowerCase() === 'policyeffect' &&
      typeof entry.value === 'string' &&
      selectorsMatch(entry, cluster, referenceId),
  );
  return merged(definition.parameterDefaults, given, override === undefined ? {} : { effect: override.value });
}

/** One parameter, its name in any case. */
export function parameterOf(parameters: Json, name: string): unknown {
  const key = Object.keys(parameters).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : parameters[key];
}

/** A value that still is a template expression; `[[` stands for a literal bracket. */
export function isExpression(value: unknown): boolean {
  return typeof value === 'string' && /^\[(?!\[).*\]$/s.test(value);
}

/** What an initiative passes on to one member. A parameter that it passes on without a value leaves the member its default. */
function passedOn({ set, member }: PolicyMembership, { parameters }: PolicyAssignment): Json {
  const own = merged(set.parameterDefaults, parameters);
  const resolved = Object.entries(member.parameters).flatMap(([name, value]): [string, unknown][] => {
    const source = typeof value === 'string' ? PARAMETER.exec(value)?.[1] : undefined;
    const passed = source === undefined ? value : parameterOf(own, source);
    return passed === undefined ? [] : [[name, passed]];
  });
  return Object.fromEntries(resolved);
}

/** Later ones win; the first spelling of a name stays. */
function merged(...layers: readonly Json[]): Json {
  const values = new Map<string, [string, unknown]>();
  for (const layer of layers)
    for (const [name, value] of Object.entries(layer)) {
      const key = name.toLowerCase();
      values.set(key, [values.get(key)?.[0] ?? name, value]);
    }
  return Object.fromEntries(values.values());
}
