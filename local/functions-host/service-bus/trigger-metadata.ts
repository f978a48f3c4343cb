import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { RpcTypedData } from '../rpc-types.ts';

/**
 * What the Service Bus extension tells a function about one message (ServiceBusTriggerBindingStrategy of the
 * extension, version 5). There is no key for the dead-letter reason: it travels in ApplicationProperties, as
 * `DeadLetterReason` and `DeadLetterErrorDescription`. Values that a message lacks are left out.
 *
 * `@azure/functions` lower-cases the first letter of every key, also inside values, and reads every string as JSON
 * where it can: a message id of "42" arrives as the number 42.
 */
export function triggerMetadata(message: ServiceBusReceivedMessage): Record<string, RpcTypedData> {
  const properties = { json: JSON.stringify(message.applicationProperties ?? {}) };
  return present({
    MessageId: text(message.messageId?.toString()),
    DeliveryCount: { int: (message.deliveryCount ?? 0) + 1 },
    LockToken: text(message.lockToken),
    SequenceNumber: { int: message.sequenceNumber?.toNumber() ?? 0 },
    EnqueuedTimeUtc: time(message.enqueuedTimeUtc),
    EnqueuedTime: time(message.enqueuedTimeUtc),
    ExpiresAtUtc: time(message.expiresAtUtc),
    ExpiresAt: time(message.expiresAtUtc),
    ContentType: text(message.contentType),
    CorrelationId: text(message.correlationId?.toString()),
    Subject: text(message.subject),
    Label: text(message.subject),
    To: text(message.to),
    ReplyTo: text(message.replyTo),
    ReplyToSessionId: text(message.replyToSessionId),
    SessionId: text(message.sessionId),
    PartitionKey: text(message.partitionKey),
    DeadLetterSource: text(message.deadLetterSource),
    ApplicationProperties: properties,
    UserProperties: properties,
  });
}

/** The message body as the handler's input: bytes when the binding asks for `dataType: 'binary'`, else text. */
export function messageBody(message: ServiceBusReceivedMessage, dataType: unknown): RpcTypedData {
  const body: unknown = message.body;
  if (body instanceof Uint8Array)
    return dataType === 'binary' ? { bytes: body } : { string: Buffer.from(body).toString('utf8') };
  return typeof body === 'string' ? { string: body } : { json: JSON.stringify(body ?? null) };
}

function text(value: string | undefined): RpcTypedData | undefined {
  return value === undefined ? undefined : { string: value };
}

function time(value: Date | undefined): RpcTypedData | undefined {
  return value === undefined || Number.isNaN(value.getTime()) ? undefined : { json: JSON.stringify(value) };
}

function present(fields: Record<string, RpcTypedData | undefined>): Record<string, RpcTypedData> {
  const result: Record<string, RpcTypedData> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) result[key] = value;
  return result;
}
