import type { LiveRow, OriginalRow } from '../../contracts/cluster-rows.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Outcome } from '../../contracts/verdict.ts';
import type { Deps } from '../deps.ts';

/** What one handler of an operation works with. `version` is that of the row it claimed. */
export interface Operation {
  readonly deps: Deps;
  readonly rolloutId: string;
  readonly configuration: Configuration;
  readonly row: LiveRow;
  readonly version: string;
}

/** Where an operation leaves its cluster. */
export type Ending =
  /** The configuration is written, or was as desired: evidence is awaited. */
  | { readonly kind: 'written'; readonly writtenAt: number; readonly operationUrl?: string }
  /** The extension is being installed. */
  | { readonly kind: 'installing'; readonly operationUrl?: string }
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

/** The deadline of one cluster in the stage it belongs to, in seconds. */
export function deadlineSeconds({ strategy }: RolloutRequest, stage: number): number {
  return strategy.stages[stage]?.progressDeadline ?? strategy.progressDeadline;
}
