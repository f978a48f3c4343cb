import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';
import type { DeathReason } from '../contracts/messages.ts';

/** Numbers too: the library reads every string as JSON where it can, so that a message id "42" arrives as 42. */
const Text = z.union([z.string(), z.number()]).transform(String);

const Metadata = z.object({
  messageId: Text.default(''),
  lockToken: Text.default(''),
  applicationProperties: z
    .object({ deadLetterReason: Text.default(''), deadLetterErrorDescription: Text.default('') })
    .default({ deadLetterReason: '', deadLetterErrorDescription: '' }),
});

const Delivery = z.object({
  deliveryCount: z.number().int().optional().catch(undefined),
  enqueuedTimeUtc: z.iso.datetime().transform(Date.parse).optional().catch(undefined),
});

/** How often a message was delivered, this time included, and since when it could be; undefined where that is not told. */
export function readDelivery({ triggerMetadata }: InvocationContext): {
  deliveryCount: number | undefined;
  enqueuedAt: number | undefined;
} {
  const { deliveryCount, enqueuedTimeUtc: enqueuedAt } = Delivery.parse(triggerMetadata ?? {});
  return { deliveryCount, enqueuedAt };
}

/** What a Service Bus trigger tells about its message beside the body (Service Bus extension, version 5). */
export function readMetadata({ triggerMetadata }: InvocationContext): {
  messageId: string;
  lockToken: string;
  death: DeathReason;
} {
  const { messageId, lockToken, applicationProperties } = Metadata.parse(triggerMetadata ?? {});
  const { deadLetterReason: reason, deadLetterErrorDescription: description } = applicationProperties;
  return { messageId, lockToken, death: { reason, description } };
}
