import { lastModifiedAt } from '../../core/flux/observed.ts';
import type { ArmAccepted, ArmDeleted, ArmFault, ArmJson, ArmResult } from '../../ports/arm.ts';
import { writesOf } from '../budgets.ts';
import type { Ending, Finished, Operation } from '../operation/context.ts';
import { endByFault, GIVEN_UP_MS } from '../operation/faults.ts';
import { prepareWrite, type Intent } from '../operation/prepare-write.ts';

/** One write of an action. */
export interface Write extends Intent {
  readonly send: () => Promise<ArmResult<ArmAccepted>>;
  /** After an unknown outcome: what is there now when the write has happened; undefined when that is not certain. */
  readonly readBack: () => Promise<ArmJson | undefined>;
  /** Takes secrets out of what Azure says. */
  readonly scrub?: (text: string) => string;
}

/** Records the intent, writes, and says what that led to. */
export async function sendWrite(operation: Operation, write: Write): Promise<Finished> {
  const { operation: going, ending } = await prepareWrite(operation, write);
  if (ending !== undefined) return { operation: going, ending };
  const requestedAt = going.deps.clock.now();
  const answer = await write.send();
  if (!answer.ok) return { operation: going, ending: await afterFault(going, write, answer.fault) };
  const { resource, operationUrl } = answer.value;
  const writtenAt = lastModifiedAt(resource) ?? requestedAt;
  return {
    operation: going,
    ending: { kind: 'written', writtenAt, ...(operationUrl !== undefined && { operationUrl }) },
  };
}

/** Unknown is an outcome (law 12): a write that may have happened is read back before anything is decided. */
async function afterFault(operation: Operation, write: Write, fault: ArmFault): Promise<Ending> {
  const isUnknown = fault.kind === 'timedOut' || fault.kind === 'unavailable' || fault.kind === 'conflict';
  const back = isUnknown ? await write.readBack() : undefined;
  if (back !== undefined) {
    return { kind: 'written', writtenAt: lastModifiedAt(back) ?? operation.deps.clock.now() };
  }
  return waitOut(
    scrubbed(await endByFault(operation, fault, writesOf(operation.row.target.clusterId)), write.scrub),
    fault,
  );
}

/** A request that was given up can still take effect for a while: nothing is decided before that is over. */
function waitOut(ending: Ending, fault: ArmFault): Ending {
  if (ending.kind !== 'retry' || fault.kind === 'throttled' || fault.kind === 'conflict') return ending;
  return { ...ending, afterMs: Math.max(ending.afterMs, GIVEN_UP_MS) };
}

function scrubbed(ending: Ending, scrub: Write['scrub']): Ending {
  if (scrub === undefined) return ending;
  if (ending.kind === 'retry') return { ...ending, detail: scrub(ending.detail) };
  if (ending.kind !== 'outcome') return ending;
  return { ...ending, outcome: { ...ending.outcome, detail: scrub(ending.outcome.detail) } };
}

/** A removal. What it leads to is seen from outside, so an unknown outcome needs no reading back. */
export interface Removal {
  readonly present: ArmJson;
  readonly send: () => Promise<ArmResult<ArmDeleted>>;
  /** True when another write of the same action follows. */
  readonly makesRoom: boolean;
}

/** Records the intent and removes. */
export async function sendRemoval(operation: Operation, { present, send, makesRoom }: Removal): Promise<Finished> {
  const { operation: going, ending } = await prepareWrite(operation, { present, unmistakable: true });
  if (ending !== undefined) return { operation: going, ending };
  const requestedAt = going.deps.clock.now();
  const answer = await send();
  if (!answer.ok) {
    const failed = await endByFault(going, answer.fault, writesOf(going.row.target.clusterId));
    return { operation: going, ending: waitOut(failed, answer.fault) };
  }
  const url = answer.value.operationUrl === undefined ? {} : { operationUrl: answer.value.operationUrl };
  if (makesRoom) return { operation: going, ending: { kind: 'removing', ...url } };
  return { operation: going, ending: { kind: 'written', writtenAt: requestedAt, ...url } };
}
