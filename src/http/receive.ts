import type { ServiceBusQueueHandler } from '@azure/functions';
import type { z } from 'zod';
import type { Deps } from '../app/deps.ts';
import { takeDeadMessage, takeMessage } from '../app/take-message.ts';
import type { DeathReason } from '../contracts/messages.ts';
import type { Edge } from './route.ts';
import { readMetadata } from './trigger-metadata.ts';

/** Wraps a use case into the handler of a queue: messages of the queue's contract, and those of newer versions put off. */
export function receive<T>(
  edge: () => Edge,
  queue: string,
  contract: z.ZodType<T>,
  work: (edge: Edge, message: T) => Promise<void>,
): ServiceBusQueueHandler {
  return (body, context) => {
    const id = readMetadata(context).messageId;
    return takeMessage(edge().deps, { queue, id, body }, contract, (message) => work(edge(), message));
  };
}

/** The same for the dead letters of a queue: whatever is in them, and why it died. */
export function receiveDead(
  edge: () => Edge,
  queue: string,
  account: (deps: Deps, body: unknown, death: DeathReason) => Promise<void>,
): ServiceBusQueueHandler {
  return (body, context) => {
    const { messageId: id, death } = readMetadata(context);
    const { deps } = edge();
    return takeDeadMessage(deps, { queue, id, body, death }, (unpacked) => account(deps, unpacked, death));
  };
}
