import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { LocalClock } from '../../clock.ts';
import { describeError } from '../describe-error.ts';
import type { RegisteredFunction } from '../function-app.ts';
import type { ServiceBusSettings } from '../host-json.ts';
import type { Invoker } from '../invoker.ts';
import type { Pending } from '../pending.ts';
import type { RpcLogLevel } from '../rpc-types.ts';
import { messageBody, triggerMetadata } from './trigger-metadata.ts';

/** What every listener of one function shares. */
export interface QueueTrigger {
  readonly fn: RegisteredFunction;
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly settings: ServiceBusSettings;
  /** Deliveries not yet settled; a drain waits for them. */
  readonly pending: Pending;
  readonly queueName: string;
  /** Complete after success and abandon after failure; false: settle nothing. */
  readonly autoComplete: boolean;
  readonly log: (level: RpcLogLevel, message: string) => void;
}

/** One delivery: run the handler, then settle by the outcome. A settlement that fails is logged; the broker redelivers. */
export async function processMessage(
  trigger: QueueTrigger,
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
): Promise<void> {
  const outcome = await trigger.invoker.invoke(trigger.fn, {
    data: messageBody(message, trigger.fn.trigger.options['dataType']),
    metadata: triggerMetadata(message),
    traceParent: message.applicationProperties?.['Diagnostic-Id'],
  });
  if (!trigger.autoComplete) return;
  try {
    if (outcome.succeeded) await receiver.completeMessage(message);
    else await receiver.abandonMessage(message);
  } catch (error) {
    const verb = outcome.succeeded ? 'completed' : 'abandoned';
    trigger.log(
      'warning',
      `Message ${String(message.messageId)} could not be ${verb} and will come again: ${describeError(error)}`,
    );
  }
}
