import type { Configuration } from '../../contracts/flux/configuration.ts';
import { desiredConfiguration } from '../../core/flux/desired.ts';
import { diffConfiguration, type FieldDifference } from '../../core/flux/diff.ts';
import { isOnCommit, judgeHealth } from '../../core/flux/health.ts';
import { lastModifiedAt, observeConfiguration } from '../../core/flux/observed.ts';
import { keepsSecrets, patchBody } from '../../core/flux/patch.ts';
import { hiddenLiterals, secretFields, withSecrets } from '../../core/flux/secrets.ts';
import { pinnedRevision } from '../../core/flux/source.ts';
import type { ArmJson } from '../../ports/arm.ts';
import { readsOf } from '../budgets.ts';
import { outcome, type Ending, type Finished, type Operation } from '../operation/context.ts';
import { endByFault } from '../operation/faults.ts';
import { hasLanded } from '../operation/landed.ts';
import {
  areSecretsAsSent,
  endBySecretFault,
  rememberSecrets,
  resolveSecrets,
  type ResolvedSecrets,
} from '../operation/secrets.ts';
import { isBeingDeleted, waitForDeletion } from './deleting.ts';
import { sendRemoval, sendWrite } from './send.ts';

/** Makes a configuration what the plan says: create, replace as a whole, or merge where that keeps secrets it does not know. */
export async function applyConfiguration(operation: Operation, configuration: Configuration): Promise<Finished> {
  const { deps, row } = operation;
  const { clusterId, values } = row.target;
  const found = await deps.arm.getConfiguration(clusterId, configuration.name);
  if (!found.ok) return { operation, ending: await endByFault(operation, found.fault, readsOf(clusterId)) };
  const present = found.value;
  if (present !== undefined && isBeingDeleted(present))
    return waitForDeletion(operation, `configuration ${configuration.name}`);
  const fields = secretFields(configuration);
  const resolved = await resolveSecrets(deps, fields, hiddenLiterals(configuration));
  if (!resolved.ok) return { operation, ending: endBySecretFault(operation, resolved.reference, resolved.fault) };
  const { secrets } = resolved;
  const desired = desiredConfiguration(configuration, values);
  if (present === undefined) return write(operation, configuration, { desired, present, secrets });
  const differences = diffConfiguration(desired, present);
  const immutable = differences.find(({ path }) => path === 'scope' || path === 'namespace');
  if (immutable !== undefined) return replace(operation, configuration, present, immutable);
  const secretsAreSent = await areSecretsAsSent(operation, configuration.name, secrets, present);
  if (differences.length === 0 && secretsAreSent && !(await needsReapply(operation, present))) {
    return { operation, ending: asDesired(operation, configuration, present) };
  }
  return write(operation, configuration, { desired, present, secrets });
}

/** Azure gave the present configuration up, such as after 48 h without the agent: only writing it again gets it there. */
async function needsReapply(operation: Operation, present: ArmJson): Promise<boolean> {
  const { provisioningState } = observeConfiguration(present);
  const isGivenUp = provisioningState === 'Failed' || provisioningState === 'Canceled';
  return isGivenUp && !(await hasLanded(operation, present));
}

/** Nothing to write. Good evidence proves the action at once; otherwise it is awaited like after a write. */
function asDesired({ deps, row }: Operation, configuration: Configuration, present: ArmJson): Ending {
  const now = deps.clock.now();
  // Our own earlier write, whose answer was lost: evidence must be younger than it.
  if (row.wrote) return { kind: 'written', writtenAt: lastModifiedAt(present) ?? row.since };
  const commit = pinnedRevision(configuration);
  const modifiedAt = lastModifiedAt(present);
  const { suspend } = configuration;
  const expected = { wrote: false, writtenAt: now, modifiedAt, commit, unmistakable: false, suspend };
  const health = judgeHealth(observeConfiguration(present), expected, now);
  if (health.state !== 'good') return { kind: 'written', writtenAt: now };
  const detail = 'The cluster is as desired already; nothing was written.';
  return { kind: 'asDesired', detail, evidence: health.evidence };
}

/** Scope and namespace are fixed at creation: only a plan that says so removes the configuration to create it anew. */
async function replace(
  operation: Operation,
  configuration: Configuration,
  present: ArmJson,
  field: FieldDifference,
): Promise<Finished> {
  const { deps, row } = operation;
  if (configuration.replace) {
    const send = () => deps.arm.deleteConfiguration(row.target.clusterId, configuration.name, false);
    return sendRemoval(operation, { present, send, makesRoom: true });
  }
  const shown = (value: unknown): string => JSON.stringify(value ?? (field.path === 'scope' ? 'cluster' : 'default'));
  const detail = `${field.path} is ${shown(field.actual)} on the cluster and cannot be changed to ${shown(field.desired)}; keep its ${field.path}, or say replace: true, which removes the configuration, with all that it prunes, and creates it anew.`;
  return { operation, ending: outcome(operation, 'Failed', 'ImmutableField', detail) };
}

interface Wanted {
  readonly desired: ArmJson;
  readonly present: ArmJson | undefined;
  readonly secrets: ResolvedSecrets;
}

async function write(
  operation: Operation,
  configuration: Configuration,
  { desired, present, secrets }: Wanted,
): Promise<Finished> {
  const { deps, row } = operation;
  const { clusterId } = row.target;
  const { name } = configuration;
  const body = withSecrets(desired, secretFields(configuration), secrets.valueOf);
  const isMerge = present !== undefined && keepsSecrets(configuration, present);
  const finished = await sendWrite(operation, {
    present: present ?? null,
    unmistakable: isUnmistakable(configuration, present),
    send: () =>
      isMerge
        ? deps.arm.patchConfiguration(clusterId, name, patchBody(desired, present))
        : deps.arm.putConfiguration(clusterId, name, body),
    readBack: async () => {
      const back = await deps.arm.getConfiguration(clusterId, name);
      // Whether secrets have arrived cannot be read back: they are sent again.
      const isThere = secrets.hash === undefined && back.ok && back.value !== undefined;
      return isThere && diffConfiguration(desired, back.value).length === 0 ? back.value : undefined;
    },
    scrub: secrets.scrub,
  });
  if (finished.ending.kind === 'written') await rememberSecrets(operation, name, secrets, finished.ending.writtenAt);
  return finished;
}

/** A configuration that was not there, or on another commit, cannot be mistaken for the one we write. */
function isUnmistakable(configuration: Configuration, present: ArmJson | undefined): boolean {
  if (present === undefined) return true;
  const commit = pinnedRevision(configuration);
  return commit !== undefined && !isOnCommit(observeConfiguration(present).sourceSyncedCommitId, commit);
}
