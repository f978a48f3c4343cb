import { readsOf } from '../budgets.ts';
import type { Finished, Operation } from '../operation/context.ts';
import { endByFault } from '../operation/faults.ts';
import { sendRemoval } from './send.ts';

/** Removes the cluster's Flux v1 configurations, one for each write slot. */
export async function removeFluxV1(operation: Operation): Promise<Finished> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  const found = await deps.arm.listFluxV1(clusterId);
  if (!found.ok) return { operation, ending: await endByFault(operation, found.fault, readsOf(clusterId)) };
  const [first, ...others] = found.value;
  if (first === undefined) {
    if (row.wrote) return { operation, ending: { kind: 'written', writtenAt: deps.clock.now() } };
    return { operation, ending: { kind: 'asDesired', detail: 'There is no Flux v1 configuration on the cluster.' } };
  }
  const send = () => deps.arm.deleteFluxV1(clusterId, first.name);
  return sendRemoval(operation, { present: first.resource, send, makesRoom: others.length > 0 });
}
