import type { Cloud } from '../cloud.ts';
import type { ArmRequest, ArmResponse } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { PolicyState } from '../policy/book.ts';
import { assignedId, definitionId, isSet } from '../policy/definition.ts';
import { askedStates, contextOf } from './policy-states.ts';

/** `POST …/policyStates/latest/summarize`: counts per assignment and definition. */
export function summarizeStates(cloud: Cloud, request: ArmRequest): ArmResponse {
  const states = askedStates(cloud, request);
  const byAssignment = grouped(states, ({ member }) => member.assignment.id);
  const summary = {
    '@odata.id': null,
    '@odata.context': contextOf(request, 'summary/$entity'),
    results: resultsOf(states),
    policyAssignments: [...byAssignment.values()].map(assignmentSummary),
  };
  const body = { '@odata.context': contextOf(request, 'summary'), '@odata.count': 1, value: [summary] };
  return { status: 200, body };
}

function assignmentSummary(states: readonly PolicyState[]): JsonObject {
  const assignment = states[0]?.member.assignment;
  const byMember = grouped(states, ({ member }) => member.referenceId ?? '');
  return {
    policyAssignmentId: assignment?.id.toLowerCase(),
    policySetDefinitionId:
      assignment !== undefined && isSet(assignment.assigned) ? assignedId(assignment.assigned).toLowerCase() : '',
    results: resultsOf(states),
    policyDefinitions: [...byMember.values()].map(memberSummary),
    policyGroups: [],
  };
}

function memberSummary(states: readonly PolicyState[]): JsonObject {
  const [first] = states;
  return {
    policyDefinitionId: first === undefined ? '' : definitionId(first.member.definition).toLowerCase(),
    policyDefinitionReferenceId: first?.member.referenceId?.toLowerCase() ?? '',
    policyDefinitionGroupNames: [],
    effect: first?.effect.toLowerCase(),
    results: resultsOf(states),
  };
}

/** A resource that is non-compliant under one definition is so in all. */
function resultsOf(states: readonly PolicyState[]): JsonObject {
  const bad = states.filter(({ compliance }) => compliance === 'NonCompliant');
  const badResources = new Set(bad.map(({ cluster }) => cluster));
  const worst = new Map(states.map((each) => [each.cluster, each.compliance]));
  for (const cluster of badResources) worst.set(cluster, 'NonCompliant');
  return {
    nonCompliantResources: badResources.size,
    nonCompliantPolicies: new Set(bad.map(({ member }) => `${member.assignment.id}|${member.referenceId ?? ''}`)).size,
    resourceDetails: [...grouped([...worst.values()], (each) => each.toLowerCase())].map(([complianceState, each]) => ({
      complianceState,
      count: each.length,
    })),
    policyDetails: [],
    policyGroupDetails: [],
  };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
