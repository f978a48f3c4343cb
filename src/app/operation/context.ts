import type { LiveRow, OriginalRow } from '../../contracts/cluster-rows.ts';
import type { Action } from '../../core/change/actions.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Evidence, Outcome } from '../../contracts/verdict.ts';
import type { Deps } from '../deps.ts';

/** What one handler of an operation works with: the row says which of the actions. `version` is that of the row it claimed. */
export interface Operation {
  readonly deps: Deps;
  readonly rolloutId: string;
  readonly actions: readonly Action[];
  /** What each action of this cluster may take. */
  readonly deadlineMs: number;
  readonly row: LiveRow;
  readonly version: string;
}

/** Where an operation leaves its cluster. */
export type Ending =
  /** The action is carried out, or was not needed: evidence is awaited. */
  | { readonly kind: 'written'; readonly writtenAt: number; readonly operationUrl?: string }
  /** What had to go first is being removed; another write follows. */
  | { readonly kind: 'removing'; readonly operationUrl?: string }
  /** Nothing had to be written, and that is proven: the next action can begin. `unread`: Azure was not even asked. */
  | { readonly kind: 'asDesired'; readonly detail: string; readonly evidence?: Evidence; readonly unread?: true }
  /** A verdict. */
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** Try again later, with the reason that people see until then. */
  | {
      readonly kind: 'retry';
      readonly afterMs: number;
      readonly code: string;
      readonly detail: string;
      readonly blockedBy?: string;
    }
  /** The row was changed by somebody else, or the message is stale: nothing more to do here. */
  | { readonly kind: 'lost' };

/** A step of an operation goes on with a newer operation, or ends. */
export type Progress = { readonly kind: 'go'; readonly operation: Operation } | Ending;

/** An ending with the operation as it was last saved. */
export interface Finished {
  readonly operation: Operation;
  readonly ending: Ending;
}

/** Saves the operation's row; going on is possible only while nobody else has changed it. */
export async function saveRow(operation: Operation, row: LiveRow, original?: OriginalRow): Promise<Progress> {
  const { deps, rolloutId, version } = operation;
  const answer = await deps.store.saveLive(rolloutId, { value: row, version }, original);
  return answer.saved ? { kind: 'go', operation: { ...operation, row, version: answer.version } } : { kind: 'lost' };
}

export function outcome(operation: Operation, verdict: Outcome['verdict'], code: string, detail: string): Ending {
  return { kind: 'outcome', outcome: { verdict, code, detail, at: operation.deps.clock.now() } };
}

/** The deadline of each action of one cluster, by the stage that it belongs to. */
export function deadlineMsOf({ strategy }: RolloutRequest, stage: number): number {
  return (strategy.stages[stage]?.progressDeadline ?? strategy.progressDeadline) * 1000;
}

/** The action that the row is at. */
export function actionOf({ actions, row }: Operation): Action {
  const action = actions[row.action];
  if (action === undefined) throw new RangeError(`the change has no action ${row.action}`);
  return action;
}
