import type { Configuration } from '../../contracts/flux/configuration.ts';
import { CLOCK_SKEW_SECONDS } from '../../contracts/timing.ts';
import { desiredConfiguration } from '../../core/flux/desired.ts';
import { diffConfiguration } from '../../core/flux/diff.ts';
import { lastModifiedAt } from '../../core/flux/observed.ts';
import { wasUndoneBy } from '../../core/policy/undone.ts';
import type { ArmJson } from '../../ports/arm.ts';
import { subscriptionOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** A write of ours, and what is there now. */
export interface Overwritten {
  readonly configuration: Configuration;
  readonly clusterId: string;
  readonly values: Readonly<Record<string, string>>;
  readonly writtenAt: number;
  readonly present: ArmJson;
}

/**
 * Finds the policy assignment that has undone our write: what is there differs, was written after us, and by its identity. Undefined
 * when there is none. Assignments are read only when something was written after us.
 */
export async function findOverwriter(
  deps: Deps,
  { configuration, clusterId, values, writtenAt, present }: Overwritten,
): Promise<string | undefined> {
  const modifiedAt = lastModifiedAt(present) ?? 0;
  if (modifiedAt <= writtenAt + CLOCK_SKEW_SECONDS * 1000) return undefined;
  const [difference] = diffConfiguration(desiredConfiguration(configuration, values), present);
  if (difference === undefined) return undefined;
  const assignments = await deps.policy.assignments(subscriptionOf(clusterId));
  const assignment = assignments.ok ? wasUndoneBy(present, assignments.value) : undefined;
  if (assignment === undefined) return undefined;
  return `Policy assignment '${assignment.displayName}' (${assignment.id}) has overwritten what this rollout wrote: ${difference.path} is ${JSON.stringify(difference.actual)} again. Exempt the cluster from it, or change it; the rollout does not fight it.`;
}
