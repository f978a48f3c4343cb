import type { OriginalRow } from '../../contracts/cluster-rows.ts';
import { desiredConfiguration } from '../../core/flux/desired.ts';
import { diffConfiguration } from '../../core/flux/diff.ts';
import { isOnCommit, judgeHealth } from '../../core/flux/health.ts';
import { lastModifiedAt, observeConfiguration } from '../../core/flux/observed.ts';
import type { ArmFault, ArmJson } from '../../ports/arm.ts';
import { readsOf, writesOf } from '../budgets.ts';
import { mayStillWrite } from '../leases.ts';
import { saveRow, type Ending, type Finished, type Operation } from './context.ts';
import { endByFault, GIVEN_UP_MS } from './faults.ts';

/** Reads the present configuration, records it, and writes the desired one if it differs. */
export async function writeConfiguration(operation: Operation): Promise<Finished> {
  const { deps, configuration, row } = operation;
  const { clusterId, values } = row.target;
  const present = await deps.arm.getConfiguration(clusterId, configuration.name);
  if (!present.ok) return { operation, ending: await endByFault(operation, present.fault, readsOf(clusterId)) };
  const desired = desiredConfiguration(configuration, values);
  const differences = diffConfiguration(desired, present.value);
  if (present.value !== undefined && differences.length === 0 && !needsReapply(operation, present.value))
    return { operation, ending: asDesired(operation, present.value) };
  const immutable = differences.find(({ path }) => path === 'scope' || path === 'namespace');
  if (present.value !== undefined && immutable !== undefined)
    return { operation, ending: refuseImmutable(operation, immutable) };
  return put(operation, desired, present.value ?? null);
}

/** Azure gave the present configuration up, such as after 48 h without the agent: only writing it again gets it there. */
function needsReapply({ row }: Operation, present: ArmJson): boolean {
  const { provisioningState } = observeConfiguration(present);
  return !row.wrote && (provisioningState === 'Failed' || provisioningState === 'Canceled');
}

/** Nothing to write. Good evidence ends the attempt at once; otherwise it is awaited like after a write. */
function asDesired(operation: Operation, present: ArmJson): Ending {
  const { deps, configuration, row } = operation;
  const now = deps.clock.now();
  // Our own earlier write, whose answer was lost: evidence must be younger than it.
  if (row.wrote) return { kind: 'written', writtenAt: lastModifiedAt(present) ?? row.since };
  const { commit } = configuration.gitRepository.repositoryRef;
  const expected = { wrote: false, writtenAt: now, commit, unmistakable: false, suspend: configuration.suspend };
  const health = judgeHealth(observeConfiguration(present), expected, now);
  if (health.state !== 'good') return { kind: 'written', writtenAt: now };
  const detail = 'The cluster is as desired already; nothing was written.';
  const { evidence } = health;
  return { kind: 'outcome', outcome: { verdict: 'Unchanged', code: 'AsDesired', detail, at: now, evidence } };
}

function refuseImmutable(operation: Operation, field: { path: string; desired?: unknown; actual?: unknown }): Ending {
  const shown = (value: unknown): string => JSON.stringify(value ?? (field.path === 'scope' ? 'cluster' : 'default'));
  const detail = `${field.path} is ${shown(field.actual)} on the cluster and cannot be changed to ${shown(field.desired)}; delete the configuration first, or keep its ${field.path}.`;
  return {
    kind: 'outcome',
    outcome: { verdict: 'Failed', code: 'ImmutableField', detail, at: operation.deps.clock.now() },
  };
}

/** The write: its intent and what was there before are stored first, in one transaction, so that a crash loses neither. */
async function put(operation: Operation, desired: ArmJson, present: ArmJson | null): Promise<Finished> {
  const { deps, configuration, row } = operation;
  const original: OriginalRow = {
    schema: 1,
    ordinal: row.ordinal,
    recordedAt: deps.clock.now(),
    configuration: present,
  };
  const unmistakable = row.wrote ? row.unmistakable : isUnmistakable(operation, present);
  const saved = await saveRow(operation, { ...row, wrote: true, unmistakable }, row.wrote ? undefined : original);
  if (saved.kind !== 'go') return { operation, ending: saved };
  const going = saved.operation;
  const requestedAt = deps.clock.now();
  if (
    row.lease === undefined ||
    !mayStillWrite(row.lease.expiresAt, requestedAt) ||
    isClaimOver(row.claimedUntil, requestedAt)
  ) {
    const detail = 'The handler was too slow to write safely.';
    return { operation: going, ending: { kind: 'retry', afterMs: 0, code: 'TooLate', detail } };
  }
  const { clusterId } = row.target;
  const answer = await deps.arm.putConfiguration(clusterId, configuration.name, desired);
  if (!answer.ok) return { operation: going, ending: await afterFault(going, desired, answer.fault) };
  const { resource, operationUrl } = answer.value;
  const writtenAt = lastModifiedAt(resource) ?? requestedAt;
  const ending: Ending = { kind: 'written', writtenAt, ...(operationUrl !== undefined && { operationUrl }) };
  return { operation: going, ending };
}

/** A configuration that was not there, or on another commit, cannot be mistaken for the one we write. */
function isUnmistakable({ configuration }: Operation, present: ArmJson | null): boolean {
  if (present === null) return true;
  const { commit } = configuration.gitRepository.repositoryRef;
  return commit !== undefined && !isOnCommit(observeConfiguration(present).sourceSyncedCommitId, commit);
}

/** Another delivery may take the claim over from then on. */
function isClaimOver(claimedUntil: number | undefined, now: number): boolean {
  return claimedUntil !== undefined && now >= claimedUntil;
}

/** Unknown is an outcome (law 12): a write that may have happened is read back before anything is decided. */
async function afterFault(operation: Operation, desired: ArmJson, fault: ArmFault): Promise<Ending> {
  const { deps, configuration, row } = operation;
  const { clusterId } = row.target;
  const isUnknown = fault.kind === 'timedOut' || fault.kind === 'unavailable' || fault.kind === 'conflict';
  if (isUnknown) {
    const back = await deps.arm.getConfiguration(clusterId, configuration.name);
    if (back.ok && back.value !== undefined && diffConfiguration(desired, back.value).length === 0) {
      return { kind: 'written', writtenAt: lastModifiedAt(back.value) ?? deps.clock.now() };
    }
  }
  const ending = await endByFault(operation, fault, writesOf(clusterId));
  if (ending.kind !== 'retry' || fault.kind === 'throttled' || fault.kind === 'conflict') return ending;
  return { ...ending, afterMs: Math.max(ending.afterMs, GIVEN_UP_MS) };
}
