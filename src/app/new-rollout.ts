import type { Actor } from '../contracts/actor.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import type { Rollout } from '../contracts/rollout-state.ts';
import { describeAction, subjectsOf } from '../core/change/actions.ts';
import { firstTen, groupFindings, type FindingGroup } from '../core/plan/finding.ts';
import { unusedVariables } from '../core/plan/values.ts';
import { findWarnings, type Warning } from '../core/plan/warnings.ts';
import type { Deps } from './deps.ts';
import { TRAIL_START } from './events.ts';
import { hashPlan, type PlannedRollout } from './plan-rollout.ts';

/** The header of a rollout before its first step. */
export function newRollout(
  deps: Deps,
  id: string,
  request: RolloutRequest,
  planned: PlannedRollout,
  actor: Actor,
): Rollout {
  const now = deps.clock.now();
  const { plan, actions } = planned;
  return {
    schema: 1,
    id,
    name: request.name,
    createdAt: now,
    createdBy: actor,
    planHash: hashPlan(deps, request, plan),
    actions: actions.map(describeAction),
    subjects: subjectsOf(actions),
    targets: plan.targets.length,
    offline: request.target.offline,
    deferForSeconds: request.target.deferFor,
    maxFailures: plan.maxFailures,
    warnings: warningsOf(request, planned),
    stages: [...plan.stages],
    status: 'Planning',
    statusSince: now,
    stop: 'none',
    failuresExcused: 0,
    verified: false,
    nextCheckAt: now,
    wakeAt: now,
    deferCheckedAt: now,
    soakCheckedAt: now,
    polledAt: now,
    eventSequence: TRAIL_START.sequence,
    eventHash: TRAIL_START.hash,
  };
}

/** Everything that people should know about a plan; what concerns single clusters is told once for all of them. */
export function warningsOf(request: RolloutRequest, { plan, findings }: PlannedRollout): Warning[] {
  const groups = groupFindings(findings);
  return [...findWarnings(request, plan), ...unusedVariables(request), ...groups.map(asWarning)];
}

function asWarning({ code, detail, clusterIds }: FindingGroup): Warning {
  if (clusterIds.length === 0) return { code, detail };
  return { code, detail: `${clusterIds.length} clusters: ${firstTen(clusterIds)}. On the first: ${detail}` };
}
