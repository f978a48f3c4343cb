import type { RemoveConfiguration } from '../../contracts/flux/change.ts';
import { readsOf } from '../budgets.ts';
import type { Finished, Operation } from '../operation/context.ts';
import { endByFault } from '../operation/faults.ts';
import { isBeingDeleted } from './deleting.ts';
import { sendRemoval } from './send.ts';

/** Removes a configuration; that it is gone is seen from outside. */
export async function removeConfiguration(
  operation: Operation,
  { name, force }: RemoveConfiguration,
): Promise<Finished> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  const found = await deps.arm.getConfiguration(clusterId, name);
  if (!found.ok) return { operation, ending: await endByFault(operation, found.fault, readsOf(clusterId)) };
  const present = found.value;
  const now = deps.clock.now();
  if (present === undefined) {
    // Gone by our own earlier write, whose answer was lost, or never there.
    if (row.wrote) return { operation, ending: { kind: 'written', writtenAt: now } };
    return { operation, ending: { kind: 'asDesired', detail: `There is no configuration ${name} on the cluster.` } };
  }
  if (isBeingDeleted(present) && !force) return { operation, ending: { kind: 'written', writtenAt: now } };
  const send = () => deps.arm.deleteConfiguration(clusterId, name, force);
  return sendRemoval(operation, { present, send, makesRoom: false });
}
