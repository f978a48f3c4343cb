import type { EditConfiguration, SuspendConfiguration } from '../../contracts/flux/change.ts';
import { diffConfiguration } from '../../core/flux/diff.ts';
import { editBody, editedConfiguration, suspendBody, suspendedConfiguration } from '../../core/flux/edit.ts';
import { judgeHealth } from '../../core/flux/health.ts';
import { isSuspended, lastModifiedAt, observeConfiguration } from '../../core/flux/observed.ts';
import type { ArmJson } from '../../ports/arm.ts';
import { readsOf } from '../budgets.ts';
import { outcome, type Ending, type Finished, type Operation } from '../operation/context.ts';
import { endByFault } from '../operation/faults.ts';
import { isBeingDeleted, waitForDeletion } from './deleting.ts';
import { sendWrite } from './send.ts';

/** Adds, changes and removes single kustomizations by a merge: what is not named stays, secrets included. */
export function editConfiguration(operation: Operation, edit: EditConfiguration): Promise<Finished> {
  const { values } = operation.row.target;
  return merge(operation, edit.name, (present) => {
    const edited = editedConfiguration(edit, values, present);
    return edited.ok
      ? { ok: true, desired: edited.desired, body: editBody(edit, values, present) }
      : { ok: false, code: 'InvalidEdit', detail: edited.problem };
  });
}

/** Stops or starts reconciliation by a merge. */
export function suspendConfiguration(operation: Operation, suspension: SuspendConfiguration): Promise<Finished> {
  const suspend = suspension.action === 'suspend';
  return merge(operation, suspension.name, (present) => ({
    ok: true,
    desired: suspendedConfiguration(present, suspend),
    body: suspendBody(present, suspend),
  }));
}

type Merge =
  | { readonly ok: true; readonly desired: ArmJson; readonly body: ArmJson }
  | { readonly ok: false; readonly code: string; readonly detail: string };

async function merge(operation: Operation, name: string, plan: (present: ArmJson) => Merge): Promise<Finished> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  const found = await deps.arm.getConfiguration(clusterId, name);
  if (!found.ok) return { operation, ending: await endByFault(operation, found.fault, readsOf(clusterId)) };
  const present = found.value;
  if (present === undefined) {
    const detail = `Configuration ${name} is not on the cluster; only an existing one can be edited, suspended or resumed.`;
    return { operation, ending: outcome(operation, 'Failed', 'ConfigurationMissing', detail) };
  }
  if (isBeingDeleted(present)) return waitForDeletion(operation, `configuration ${name}`);
  const planned = plan(present);
  if (!planned.ok) return { operation, ending: outcome(operation, 'Failed', planned.code, planned.detail) };
  if (diffConfiguration(planned.desired, present).length === 0) {
    return { operation, ending: asDesired(operation, present) };
  }
  return sendWrite(operation, {
    present,
    unmistakable: false,
    send: () => deps.arm.patchConfiguration(clusterId, name, planned.body),
    readBack: async () => {
      const back = await deps.arm.getConfiguration(clusterId, name);
      const isThere =
        back.ok && back.value !== undefined && diffConfiguration(planned.desired, back.value).length === 0;
      return isThere ? back.value : undefined;
    },
  });
}

function asDesired({ deps, row }: Operation, present: ArmJson): Ending {
  const now = deps.clock.now();
  if (row.wrote) return { kind: 'written', writtenAt: lastModifiedAt(present) ?? row.since };
  const expected = {
    wrote: false,
    writtenAt: now,
    modifiedAt: lastModifiedAt(present),
    commit: undefined,
    unmistakable: false,
    suspend: isSuspended(present),
  };
  const health = judgeHealth(observeConfiguration(present), expected, now);
  if (health.state !== 'good') return { kind: 'written', writtenAt: now };
  const detail = 'The configuration is as desired already; nothing was written.';
  return { kind: 'asDesired', detail, evidence: health.evidence };
}
