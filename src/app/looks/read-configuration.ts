import type { Action } from '../../core/change/actions.ts';
import { subjectOf } from '../../core/change/actions.ts';
import { judgeHealth } from '../../core/flux/health.ts';
import { isSuspended, lastModifiedAt, observeConfiguration } from '../../core/flux/observed.ts';
import { pinnedRevision } from '../../core/flux/source.ts';
import type { ArmJson } from '../../ports/arm.ts';
import type { Deps } from '../deps.ts';
import { findOverwriter } from '../policy/find-overwriter.ts';
import { removal, unreadable, type Attempt, type Reading } from './reading.ts';

type Written = Extract<Action, { kind: 'applyConfiguration' | 'editConfiguration' | 'suspendConfiguration' }>;

/** Reads a configuration and holds it against what the action wants of it. */
export async function readConfiguration(
  deps: Deps,
  action: Written,
  clusterId: string,
  attempt: Attempt,
): Promise<Reading> {
  const name = subjectOf(action);
  const found = await deps.arm.getConfiguration(clusterId, name);
  if (!found.ok) return unreadable(deps, clusterId, found.fault);
  if (found.value === undefined) {
    const detail = `Configuration ${name} is not on the cluster any more.`;
    return { state: 'gone', code: 'ConfigurationMissing', detail };
  }
  const undone = await undoneBy(deps, action, clusterId, attempt, found.value);
  if (undone !== undefined) return { state: 'bad', code: 'UndoneByPolicy', detail: undone, evidence: {} };
  const expected = { ...attempt, modifiedAt: lastModifiedAt(found.value), ...wanted(action, found.value) };
  const health = judgeHealth(observeConfiguration(found.value), expected, deps.clock.now());
  if (health.state !== 'good') return health;
  const detail = attempt.wrote
    ? 'The agent reported the desired state as compliant after the write.'
    : 'The cluster was as desired already.';
  return { ...health, code: 'Compliant', detail };
}

function undoneBy(
  deps: Deps,
  action: Written,
  clusterId: string,
  { wrote, writtenAt, values }: Attempt,
  present: ArmJson,
): Promise<string | undefined> {
  if (action.kind !== 'applyConfiguration' || !wrote || values === undefined) return Promise.resolve(undefined);
  const { configuration } = action;
  return findOverwriter(deps, { configuration, clusterId, values, writtenAt, present });
}

/** The revision and the standstill that an action asks for; an edit leaves both as they are. */
function wanted(action: Written, present: ArmJson): { readonly commit: string | undefined; readonly suspend: boolean } {
  switch (action.kind) {
    case 'applyConfiguration':
      return { commit: pinnedRevision(action.configuration), suspend: action.configuration.suspend };
    case 'suspendConfiguration':
      return { commit: undefined, suspend: action.suspension.action === 'suspend' };
    case 'editConfiguration':
      return { commit: undefined, suspend: isSuspended(present) };
  }
}

/** Reads whether a configuration is gone. A removal that Azure gave up shows as a failed configuration. */
export async function readConfigurationRemoval(
  deps: Deps,
  name: string,
  clusterId: string,
  attempt: Attempt,
): Promise<Reading> {
  const found = await deps.arm.getConfiguration(clusterId, name);
  if (!found.ok) return unreadable(deps, clusterId, found.fault);
  return removal(`configuration ${name}`, found.value !== undefined, attempt);
}
