import { z } from 'zod';
import { Refusal } from '../model/errors.ts';
import type { MessageQueue } from '../model/queue.ts';
import { wireErrorOf } from './errors.ts';
import { MANAGEMENT_OPERATIONS } from './management-operations.ts';
import type { Request, Response } from './requests.ts';

const propertiesSchema = z.object({ operation: z.string(), 'associated-link-name': z.string().optional() });

/**
 * Answers a request to a queue's `$management` node. `holderOf` turns the name of a link of the same connection into the
 * name under which its session lock is held.
 */
export function answerManagement(
  request: Request,
  queue: MessageQueue,
  holderOf: (linkName: string) => string,
): Response {
  try {
    const properties = propertiesSchema.parse(request.applicationProperties);
    const linkName = properties['associated-link-name'];
    const operation = MANAGEMENT_OPERATIONS.get(properties.operation);
    if (operation === undefined) {
      throw new Refusal('NotImplemented', `The operation '${properties.operation}' is not served by this broker.`);
    }
    const body = operation(queue, request.body, linkName === undefined ? undefined : holderOf(linkName));
    return body === 'nothing' ? response(204, 'No content') : response(200, 'OK', body);
  } catch (error) {
    if (error instanceof z.ZodError)
      return refused(new Refusal('InvalidArgument', `The request is malformed: ${z.prettifyError(error)}`));
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

function response(statusCode: number, statusDescription: string, body?: Readonly<Record<string, unknown>>): Response {
  return { applicationProperties: { statusCode, statusDescription }, body };
}

function refused(refusal: Refusal): Response {
  const { status, condition } = wireErrorOf(refusal);
  return {
    applicationProperties: { statusCode: status, statusDescription: refusal.message, errorCondition: condition },
  };
}
