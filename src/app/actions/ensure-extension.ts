import { parseClusterId } from '../../contracts/cluster-id.ts';
import type { EnsureExtension } from '../../contracts/flux/extension.ts';
import { EXTENSION_SUBJECT, onlyEnsuresPresence } from '../../core/change/actions.ts';
import {
  desiredExtension,
  diffExtension,
  EXTENSION_NAME,
  extensionPatch,
  missingProtectedSettings,
} from '../../core/flux/extension-body.ts';
import { observeExtension } from '../../core/flux/extension.ts';
import { extensionSecretFields, withSecrets } from '../../core/flux/secrets.ts';
import type { ArmFound, ArmJson } from '../../ports/arm.ts';
import { readsOf } from '../budgets.ts';
import { outcome, type Finished, type Operation } from '../operation/context.ts';
import { endByFault } from '../operation/faults.ts';
import { hasLanded } from '../operation/landed.ts';
import {
  areSecretsAsSent,
  endBySecretFault,
  rememberSecrets,
  resolveSecrets,
  type ResolvedSecrets,
} from '../operation/secrets.ts';
import { waitForDeletion } from './deleting.ts';
import { sendRemoval, sendWrite } from './send.ts';

const THERE = 'The microsoft.flux extension is there already.';

/** Makes sure that the `microsoft.flux` extension is there, and as the plan wants it: install, change, or repair. */
export async function ensureExtension(operation: Operation, extension: EnsureExtension): Promise<Finished> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  const plain = onlyEnsuresPresence({ kind: 'ensureExtension', extension });
  // What the plan found working is not read: a configuration that is applied on top of it proves it.
  if (plain && row.target.extension === 'Succeeded' && isProvenLater(operation)) {
    return { operation, ending: { kind: 'asDesired', detail: THERE, unread: true } };
  }
  const found = await deps.arm.findFluxExtension(clusterId);
  if (!found.ok) return { operation, ending: await endByFault(operation, found.fault, readsOf(clusterId)) };
  const resolved = await resolveSecrets(deps, extensionSecretFields(extension));
  if (!resolved.ok) return { operation, ending: endBySecretFault(operation, resolved.reference, resolved.fault) };
  const wanted = { extension, secrets: resolved.secrets };
  if (found.value === undefined) return install(operation, wanted, undefined);
  const { state, detail } = observeExtension(found.value.resource);
  switch (state) {
    case 'Succeeded':
      return change(operation, wanted, found.value);
    case 'Installing':
      return { operation, ending: { kind: 'written', writtenAt: deps.clock.now() } };
    case 'Deleting':
      return waitForDeletion(operation, 'microsoft.flux extension');
    case 'Failed':
      return repair(operation, wanted, found.value, detail);
  }
}

function isProvenLater({ actions, row }: Operation): boolean {
  return actions.slice(row.action).some(({ kind }) => kind === 'applyConfiguration');
}

interface Wanted {
  readonly extension: EnsureExtension;
  readonly secrets: ResolvedSecrets;
}

/** A failed extension: what the plan says about it, once. */
async function repair(operation: Operation, wanted: Wanted, found: ArmFound, detail: string): Promise<Finished> {
  const { deps, row } = operation;
  // It failed after our own write: writing once more would lead here again.
  const isTried = await hasLanded(operation, found.resource);
  if (isTried || wanted.extension.repair === 'none') {
    const hint = isTried ? '' : ' A rollout with extension.repair (rewrite or recreate) installs it anew.';
    return { operation, ending: outcome(operation, 'Failed', 'ExtensionFailed', `${detail}${hint}`) };
  }
  if (wanted.extension.repair === 'rewrite') return install(operation, wanted, found);
  const send = () => deps.arm.deleteExtension(row.target.clusterId, found.name, true);
  return sendRemoval(operation, { present: found.resource, send, makesRoom: true });
}

function install(operation: Operation, wanted: Wanted, found: ArmFound | undefined): Promise<Finished> {
  const { clusterId } = operation.row.target;
  const { extension, secrets } = wanted;
  const name = found?.name ?? EXTENSION_NAME;
  const bare = desiredExtension(extension, parseClusterId(clusterId)?.type ?? '');
  const body = withSecrets(bare, extensionSecretFields(extension), secrets.valueOf);
  return send(operation, wanted, found?.resource, (arm) => arm.putExtension(clusterId, name, body));
}

async function change(operation: Operation, wanted: Wanted, found: ArmFound): Promise<Finished> {
  const { row } = operation;
  const { extension, secrets } = wanted;
  const { name, resource } = found;
  const differences = diffExtension(extension, resource);
  const secretsAreSent = await areSecretsAsSent(operation, EXTENSION_SUBJECT, secrets, resource);
  if (differences.length === 0 && secretsAreSent) {
    const ending = row.wrote ? ({ kind: 'written', writtenAt: operation.deps.clock.now() } as const) : undefined;
    return { operation, ending: ending ?? { kind: 'asDesired', detail: 'The extension is as desired already.' } };
  }
  const immutable = differences.find(({ path }) => path.startsWith('scope.'));
  if (immutable !== undefined) {
    const detail = `${immutable.path} is ${JSON.stringify(immutable.actual)} on the cluster and cannot be changed; leave releaseNamespace out, or remove the extension first.`;
    return { operation, ending: outcome(operation, 'Failed', 'ImmutableField', detail) };
  }
  const missing = missingProtectedSettings(extension, resource);
  if (missing.length > 0) {
    const detail = `Azure replaces protected settings as a whole, and the plan does not name ${missing.join(', ')}. Name every one of them.`;
    return { operation, ending: outcome(operation, 'Failed', 'ProtectedSettingsIncomplete', detail) };
  }
  const body = withSecrets(extensionPatch(extension), extensionSecretFields(extension), secrets.valueOf);
  return send(operation, wanted, resource, (arm) => arm.patchExtension(row.target.clusterId, name, body));
}

async function send(
  operation: Operation,
  { extension, secrets }: Wanted,
  present: ArmJson | undefined,
  call: (arm: Operation['deps']['arm']) => ReturnType<Operation['deps']['arm']['putExtension']>,
): Promise<Finished> {
  const { deps, row } = operation;
  const finished = await sendWrite(operation, {
    present: present ?? null,
    unmistakable: true,
    send: () => call(deps.arm),
    readBack: async () => {
      const back = await deps.arm.findFluxExtension(row.target.clusterId);
      if (!back.ok || back.value === undefined || secrets.hash !== undefined) return undefined;
      // One that had failed with these very settings looks the same whether it was written again or not.
      if (observeExtension(back.value.resource).state === 'Failed') return undefined;
      return diffExtension(extension, back.value.resource).length === 0 ? back.value.resource : undefined;
    },
    scrub: secrets.scrub,
  });
  if (finished.ending.kind === 'written') {
    await rememberSecrets(operation, EXTENSION_SUBJECT, secrets, finished.ending.writtenAt);
  }
  return finished;
}
