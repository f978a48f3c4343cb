import type { RemoveExtension } from '../../contracts/flux/extension.ts';
import { observeExtension } from '../../core/flux/extension.ts';
import { readsOf, reserve } from '../budgets.ts';
import { outcome, type Finished, type Operation } from '../operation/context.ts';
import { endByFault } from '../operation/faults.ts';
import { sendRemoval } from './send.ts';

/** Uninstalls the extension; refused while configurations exist, which would stop reconciling, unless the plan says otherwise. */
export async function removeExtension(operation: Operation, removal: RemoveExtension): Promise<Finished> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  const found = await deps.arm.findFluxExtension(clusterId);
  if (!found.ok) return { operation, ending: await endByFault(operation, found.fault, readsOf(clusterId)) };
  if (found.value === undefined) {
    if (row.wrote) return { operation, ending: { kind: 'written', writtenAt: deps.clock.now() } };
    return { operation, ending: { kind: 'asDesired', detail: 'There is no microsoft.flux extension on the cluster.' } };
  }
  const { name, resource } = found.value;
  if (observeExtension(resource).state === 'Deleting' && !removal.force) {
    return { operation, ending: { kind: 'written', writtenAt: deps.clock.now() } };
  }
  const refused = removal.evenWithConfigurations ? undefined : await refuseWhileConfigured(operation);
  if (refused !== undefined) return refused;
  const send = () => deps.arm.deleteExtension(clusterId, name, removal.force);
  return sendRemoval(operation, { present: resource, send, makesRoom: false });
}

async function refuseWhileConfigured(operation: Operation): Promise<Finished | undefined> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  await reserve(deps, readsOf(clusterId), 1, Number.MAX_SAFE_INTEGER);
  const listed = await deps.arm.listConfigurations(clusterId);
  if (!listed.ok) return { operation, ending: await endByFault(operation, listed.fault, readsOf(clusterId)) };
  if (listed.value.length === 0) return undefined;
  const names = listed.value.map(({ name }) => name).join(', ');
  const detail = `The cluster still has configurations (${names}), which would stop reconciling. Remove them first, or say evenWithConfigurations: true.`;
  return { operation, ending: outcome(operation, 'Failed', 'ConfigurationsExist', detail) };
}
