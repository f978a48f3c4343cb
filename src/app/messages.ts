import type { LiveRow } from '../contracts/cluster-rows.ts';
import type {
  CommitStatusMessage,
  DefinitionMessage,
  DeliveryMessage,
  OperationMessage,
  SweepMessage,
  WakeMessage,
} from '../contracts/messages.ts';
import type { DeliveryRecord } from '../contracts/webhook.ts';
import type { Outgoing } from '../ports/bus.ts';

/** The message of a queued row. Its id is derived from the row, so that a repeat is dropped or harmless (law 3). */
export function operationMessage(rolloutId: string, row: LiveRow): Outgoing<OperationMessage> {
  const { ordinal, attempt, step, slotAt } = row;
  return {
    id: `${rolloutId}.${ordinal}.${attempt}.${step}`,
    at: slotAt,
    message: { schema: 1, rolloutId, ordinal, attempt, step },
  };
}

/**
 * A wake-up at the end of the second in which `at` lies: a thousand verdicts of one second cost one run of the engine, and
 * the one message arrives after every write it stands for (architecture, "Wake-ups").
 */
export function wakeMessage(rolloutId: string, at: number): Outgoing<WakeMessage> {
  const second = Math.floor(at / 1000) + 1;
  return { id: `${rolloutId}.wake.${second}`, at: second * 1000, message: { schema: 1, rolloutId } };
}

/** Asks to sweep one shard. Sent again, it has another id: duplicate detection would swallow it. */
export function sweepMessage(sweepId: string, shard: number, at: number): Outgoing<SweepMessage> {
  return { id: `${sweepId}.${shard}.${Math.floor(at / 1000)}`, at, message: { schema: 1, sweepId, shard } };
}

/** Characters of a claim that travels with its message. Ours: a message is billed by 64 KiB, and a batch of the broker takes 256. */
const CLAIM_CHARACTERS_MAX = 16_000;

/** Asks to hold a claimed delivery against the definitions. The same delivery gives the same id, unless a person sends it in again. */
export function deliveryMessage(
  claimed: DeliveryRecord & { readonly deliveryId: string },
  at: number,
): Outgoing<DeliveryMessage> {
  const { id, hook, deliveryId, redeliveries: redelivery } = claimed;
  const isSmall = JSON.stringify(claimed).length <= CLAIM_CHARACTERS_MAX;
  return {
    id: `${id}.${redelivery}`,
    at,
    message: { schema: 1, kind: 'delivery', hook, deliveryId, redelivery, ...(isSmall && { claimed }) },
  };
}

/** Asks to look at a definition at the end of the second in which `at` lies, as `wakeMessage` does for rollouts. */
export function definitionMessage(name: string, at: number): Outgoing<DefinitionMessage> {
  const second = Math.floor(at / 1000) + 1;
  return { id: `definition.${name}.${second}`, at: second * 1000, message: { schema: 1, kind: 'definition', name } };
}

/** Asks to tell a rollout's commit how it goes. `slot` names what is told at once: a period, the end, a try. */
export function statusMessage(
  { slot, at }: { readonly slot: string; readonly at: number },
  message: Omit<CommitStatusMessage, 'schema'>,
): Outgoing<CommitStatusMessage> {
  return { id: `${message.rolloutId}.status.${slot}`, at, message: { schema: 1, ...message } };
}
