import { OPERATIONS_QUEUE, ROLLOUTS_QUEUE } from '../../../src/contracts/queues.ts';
import type { Actor } from '../../../src/contracts/actor.ts';
import type { CommandKind } from '../../../src/contracts/command.ts';
import { OperationMessage, WakeMessage } from '../../../src/contracts/messages.ts';
import type { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { advanceRollout } from '../../../src/app/advance-rollout.ts';
import { refreshInventory } from '../../../src/app/fleet.ts';
import { giveCommand } from '../../../src/app/give-command.ts';
import { handleDeadOperation, handleDeadWakeup } from '../../../src/app/handle-dead-letter.ts';
import { runOperation } from '../../../src/app/run-operation.ts';
import { submitRollout } from '../../../src/app/submit-rollout.ts';
import { wakeOverdue } from '../../../src/app/wake-overdue.ts';
import type { Invocation } from '../kernel/invocation.ts';
import type { QueueHandlers } from './hosts.ts';

export interface SubmitInput {
  readonly request: RolloutRequest;
  readonly actor: Actor;
  readonly idempotencyKey: string | undefined;
}

export interface CommandInput {
  readonly rolloutId: string;
  readonly kind: CommandKind;
  readonly actor: Actor;
}

/** The application as the world sees it: what the HTTP functions, queues and timers call. */
export interface UseCases {
  /** Answers the rollout's id. */
  submit(deps: Deps, input: SubmitInput): Promise<string>;
  command(deps: Deps, input: CommandInput): Promise<unknown>;
  advance(deps: Deps, rolloutId: string): Promise<unknown>;
  operate(deps: Deps, message: OperationMessage): Promise<unknown>;
  deadOperation(deps: Deps, message: OperationMessage, reason: string): Promise<unknown>;
  deadWakeup(deps: Deps, message: WakeMessage, reason: string): Promise<unknown>;
  wakeOverdue(deps: Deps): Promise<unknown>;
  refreshInventory(deps: Deps): Promise<unknown>;
}

export const APP: UseCases = {
  submit: async (deps, { request, actor, idempotencyKey }) => {
    const answer = await submitRollout(deps, {
      request,
      actor,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    return answer.rolloutId;
  },
  command: (deps, input) => giveCommand(deps, input),
  advance: (deps, rolloutId) => advanceRollout(deps, rolloutId),
  operate: (deps, message) => runOperation(deps, message),
  deadOperation: (deps, message, reason) => handleDeadOperation(deps, message, reason),
  deadWakeup: (deps, message, reason) => handleDeadWakeup(deps, message, reason),
  wakeOverdue: (deps) => wakeOverdue(deps),
  refreshInventory: (deps) => refreshInventory(deps),
};

/** The queue functions: parse the message, call the use case. */
export function queueHandlers(app: UseCases, deps: (invocation: Invocation) => Deps): QueueHandlers[] {
  const wake = (body: string): WakeMessage => WakeMessage.parse(JSON.parse(body));
  const operation = (body: string): OperationMessage => OperationMessage.parse(JSON.parse(body));
  return [
    {
      queue: ROLLOUTS_QUEUE,
      handle: (invocation, body) => app.advance(deps(invocation), wake(body).rolloutId),
      handleDead: (invocation, body, reason) => app.deadWakeup(deps(invocation), wake(body), reason ?? ''),
    },
    {
      queue: OPERATIONS_QUEUE,
      handle: (invocation, body) => app.operate(deps(invocation), operation(body)),
      handleDead: (invocation, body, reason) => app.deadOperation(deps(invocation), operation(body), reason ?? ''),
    },
  ];
}
