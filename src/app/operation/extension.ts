import { parseClusterId } from '../../contracts/cluster-id.ts';
import { desiredExtension, EXTENSION_NAME } from '../../core/flux/desired.ts';
import { observeExtension } from '../../core/flux/extension.ts';
import { readsOf, writesOf } from '../budgets.ts';
import { outcome, type Ending, type Operation, type Progress } from './context.ts';
import { endByFault } from './faults.ts';

/** Between two looks at an extension that is being deleted. */
const DELETING_RETRY_MS = 30_000;

/** Makes sure that the `microsoft.flux` extension is there before the configuration: never two operations on one cluster at once. */
export async function ensureExtension(operation: Operation): Promise<Progress> {
  const { deps, row } = operation;
  const { clusterId, extension } = row.target;
  if (extension === 'Succeeded') return { kind: 'go', operation };
  const found = await deps.arm.findFluxExtension(clusterId);
  if (!found.ok) return endByFault(operation, found.fault, readsOf(clusterId));
  if (found.value === undefined) return install(operation);
  const { state, detail } = observeExtension(found.value.resource);
  switch (state) {
    case 'Succeeded':
      return { kind: 'go', operation: { ...operation, row: { ...row, target: { ...row.target, extension: state } } } };
    case 'Installing':
      return { kind: 'installing' };
    case 'Deleting':
      return { kind: 'retry', afterMs: DELETING_RETRY_MS, code: 'ExtensionDeleting', detail };
    case 'Failed':
      return outcome(operation, 'Failed', 'ExtensionFailed', detail);
  }
}

async function install(operation: Operation): Promise<Ending> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  const body = desiredExtension(parseClusterId(clusterId)?.type ?? '');
  const answer = await deps.arm.putExtension(clusterId, EXTENSION_NAME, body);
  // A write whose outcome is unknown is read back by the next try, which lists the extensions first (law 12).
  if (!answer.ok) return endByFault(operation, answer.fault, writesOf(clusterId));
  const { operationUrl } = answer.value;
  return { kind: 'installing', ...(operationUrl !== undefined && { operationUrl }) };
}
