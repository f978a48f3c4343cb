import { NOTIFICATIONS_QUEUE, OPERATIONS_QUEUE, ROLLOUTS_QUEUE, SWEEPS_QUEUE } from '../../../src/contracts/queues.ts';
import { SYSTEM, type Actor } from '../../../src/contracts/actor.ts';
import type { CommandKind } from '../../../src/contracts/command.ts';
import { NotificationMessage, OperationMessage, SweepMessage, WakeMessage } from '../../../src/contracts/messages.ts';
import type { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import { deleteBinding } from '../../../src/app/bindings/delete-binding.ts';
import { evaluateBinding } from '../../../src/app/bindings/evaluate-binding.ts';
import { putBinding, type PutBinding } from '../../../src/app/bindings/put-binding.ts';
import { reconcileBindings } from '../../../src/app/bindings/reconcile-bindings.ts';
import { resumeBinding } from '../../../src/app/bindings/resume-binding.ts';
import { resumeSweeps } from '../../../src/app/compliance/resume-sweeps.ts';
import { runSweepShard } from '../../../src/app/compliance/run-sweep-shard.ts';
import { showDeadShard } from '../../../src/app/compliance/show-dead-shard.ts';
import { startSweep } from '../../../src/app/compliance/start-sweep.ts';
import type { Deps } from '../../../src/app/deps.ts';
import { advanceRollout } from '../../../src/app/advance-rollout.ts';
import { refreshInventory } from '../../../src/app/fleet.ts';
import { giveCommand } from '../../../src/app/give-command.ts';
import { accountDeadOperation, showDeadWakeup } from '../../../src/app/dead-letters.ts';
import { deliverNotification, showDeadNotification } from '../../../src/app/notifications/deliver-notification.ts';
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
  deadOperation(deps: Deps, body: unknown): Promise<unknown>;
  deadWakeup(deps: Deps, body: unknown): Promise<unknown>;
  wakeOverdue(deps: Deps): Promise<unknown>;
  refreshInventory(deps: Deps): Promise<unknown>;
  startSweep(deps: Deps): Promise<unknown>;
  sweepShard(deps: Deps, message: SweepMessage): Promise<unknown>;
  deadShard(deps: Deps, body: unknown): Promise<unknown>;
  resumeSweeps(deps: Deps): Promise<unknown>;
  putBinding(deps: Deps, input: PutBinding): Promise<unknown>;
  resumeBinding(deps: Deps, name: string, actor: Actor): Promise<unknown>;
  deleteBinding(deps: Deps, name: string, actor: Actor): Promise<unknown>;
  evaluateBinding(deps: Deps, name: string, actor: Actor): Promise<unknown>;
  reconcileBindings(deps: Deps): Promise<unknown>;
  notify(deps: Deps, message: NotificationMessage): Promise<unknown>;
  deadNotification(deps: Deps, body: unknown): Promise<unknown>;
}

const DEATH = { reason: 'MaxDeliveryCountExceeded', description: 'Delivered 10 times.' };

export const APP: UseCases = {
  submit: async (deps, { request, actor, idempotencyKey }) => {
    const { rollout } = await submitRollout(deps, {
      request,
      actor,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    return rollout.id;
  },
  command: (deps, input) => giveCommand(deps, { ...input, request: {} }),
  advance: (deps, rolloutId) => advanceRollout(deps, rolloutId),
  operate: (deps, message) => runOperation(deps, message),
  deadOperation: (deps, body) => accountDeadOperation(deps, body, DEATH),
  deadWakeup: (deps, body) => showDeadWakeup(deps, body, DEATH),
  wakeOverdue: (deps) => wakeOverdue(deps),
  refreshInventory: (deps) => refreshInventory(deps),
  startSweep: (deps) => startSweep(deps, SYSTEM),
  sweepShard: (deps, message) => runSweepShard(deps, message),
  deadShard: (deps, body) => showDeadShard(deps, body, DEATH),
  resumeSweeps: (deps) => resumeSweeps(deps),
  putBinding: (deps, input) => putBinding(deps, input),
  resumeBinding: (deps, name, actor) => resumeBinding(deps, name, actor, { reason: 'looked into it' }),
  deleteBinding: (deps, name, actor) => deleteBinding(deps, name, actor),
  evaluateBinding: (deps, name, actor) => evaluateBinding(deps, name, actor),
  reconcileBindings: (deps) => reconcileBindings(deps),
  notify: (deps, message) => deliverNotification(deps, message),
  deadNotification: (deps, body) => showDeadNotification(deps, body, DEATH),
};

/** The queue functions: parse the message, call the use case. */
export function queueHandlers(app: UseCases, deps: (invocation: Invocation) => Deps): QueueHandlers[] {
  return [
    {
      queue: ROLLOUTS_QUEUE,
      handle: (invocation, body) => app.advance(deps(invocation), WakeMessage.parse(JSON.parse(body)).rolloutId),
      handleDead: (invocation, body) => app.deadWakeup(deps(invocation), JSON.parse(body)),
    },
    {
      queue: OPERATIONS_QUEUE,
      handle: (invocation, body) => app.operate(deps(invocation), OperationMessage.parse(JSON.parse(body))),
      handleDead: (invocation, body) => app.deadOperation(deps(invocation), JSON.parse(body)),
    },
    {
      queue: SWEEPS_QUEUE,
      handle: (invocation, body) => app.sweepShard(deps(invocation), SweepMessage.parse(JSON.parse(body))),
      handleDead: (invocation, body) => app.deadShard(deps(invocation), JSON.parse(body)),
    },
    {
      queue: NOTIFICATIONS_QUEUE,
      handle: (invocation, body) => app.notify(deps(invocation), NotificationMessage.parse(JSON.parse(body))),
      handleDead: (invocation, body) => app.deadNotification(deps(invocation), JSON.parse(body)),
    },
  ];
}
