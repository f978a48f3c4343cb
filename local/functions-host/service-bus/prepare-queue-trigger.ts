import { z } from 'zod';
import type { LocalClock } from '../../clock.ts';
import type { RegisteredFunction } from '../function-app.ts';
import { HostError } from '../host-error.ts';
import type { ServiceBusSettings } from '../host-json.ts';
import type { Invoker } from '../invoker.ts';
import { parseBinding } from '../parse-binding.ts';
import type { Pending } from '../pending.ts';
import type { RpcLogLevel } from '../rpc-types.ts';
import { resolveSettings } from '../setting-references.ts';
import type { BusConnections } from './bus-connections.ts';
import { listenQueue } from './queue-listener.ts';
import type { BusListener } from './queue-listener.ts';
import { listenSessions } from './session-listener.ts';

const serviceBusTrigger = z.object({
  connection: z.string(),
  queueName: z.string(),
  isSessionsEnabled: z.boolean().default(false),
  autoCompleteMessages: z.boolean().optional(),
  cardinality: z.enum(['one', 'many']).default('one'),
});

export interface QueueTriggerOptions {
  readonly connections: BusConnections;
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly settings: ServiceBusSettings;
  readonly pending: Pending;
  readonly log: (level: RpcLogLevel, message: string) => void;
}

/**
 * Checks a function's queue binding; the result, called, starts to feed the function from its queue (or dead-letter
 * sub-queue, `queue/$deadletterqueue`).
 */
export function prepareQueueTrigger(fn: RegisteredFunction, options: QueueTriggerOptions): () => BusListener {
  const { name } = fn.metadata;
  const binding = parseBinding(serviceBusTrigger, fn);
  if (binding.cardinality === 'many') {
    throw new HostError(
      'NO_BATCHES',
      `Function "${name}": this host delivers one message at a time; use cardinality "one".`,
    );
  }
  const { connections } = options;
  const trigger = {
    ...options,
    fn,
    queueName: resolveSettings(binding.queueName, name),
    autoComplete: binding.autoCompleteMessages ?? options.settings.autoCompleteMessages,
  };
  if (binding.isSessionsEnabled) {
    const slots = Array.from({ length: options.settings.maxConcurrentSessions }, () =>
      connections.separate(binding.connection, name),
    );
    return () => listenSessions(slots, trigger);
  }
  const client = connections.shared(binding.connection, name);
  return () => listenQueue(client, trigger);
}
