import type { EventContext, Message, Receiver, Sender } from 'rhea';
import { z } from 'zod';

/** A request on `$cbs` or `$management`, as far as both share it. */
export interface Request {
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The answer; in `applicationProperties` the status, whose name differs between `$cbs` and `$management`. */
export interface Response {
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

const requestSchema = z.object({
  message_id: z.union([z.string(), z.number(), z.instanceof(Buffer)]),
  reply_to: z.string(),
  application_properties: z.record(z.string(), z.unknown()).default({}),
  body: z.unknown(),
});

/**
 * Answers every request of a link on the connection's link that `replyLink` finds for its `reply_to`. A request that
 * names no such link cannot be answered and is rejected.
 */
export function serveRequests(
  receiver: Receiver,
  replyLink: (replyTo: string) => Sender | undefined,
  answer: (request: Request) => Response,
): void {
  receiver.on('message', ({ message, delivery }: EventContext) => {
    const request = requestSchema.safeParse(message);
    const sender = request.success ? replyLink(request.data.reply_to) : undefined;
    if (!request.success || sender === undefined) {
      delivery?.reject({
        condition: 'amqp:invalid-field',
        description: 'A request needs a message id and the address of an open reply link.',
      });
      return;
    }
    const { applicationProperties, body } = answer({
      applicationProperties: request.data.application_properties,
      body: request.data.body,
    });
    const response: Omit<Message, 'toJSON' | 'toString'> = {
      correlation_id: request.data.message_id,
      application_properties: applicationProperties,
      body: body ?? null,
    };
    delivery?.accept();
    sender.send(response);
  });
}
