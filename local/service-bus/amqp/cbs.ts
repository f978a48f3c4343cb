import { z } from 'zod';
import { Refusal } from '../model/errors.ts';
import type { Entities } from './entities.ts';
import type { Request, Response } from './requests.ts';

/** Address of claims-based security (OASIS AMQP CBS draft), on which a client presents a token for each entity. */
export const CBS_ADDRESS = '$cbs';
/** Last part of the address of a queue's management node. */
export const MANAGEMENT_PATH = '/$management';

const putTokenSchema = z.object({ operation: z.literal('put-token'), name: z.string() });

/**
 * Answers `put-token`. Every token is good: the broker of a developer's machine has nobody to keep out. An unknown
 * entity is refused here, as in Azure, because the client reports that at once and as what it is.
 */
export function answerPutToken(request: Request, entities: Entities): Response {
  const claim = putTokenSchema.safeParse(request.applicationProperties);
  if (!claim.success) return status(400, 'A request to $cbs needs the operation put-token and a name.');
  try {
    const path = entityPath(claim.data.name);
    if (path !== '') entities.find(path);
  } catch (error) {
    if (error instanceof Refusal) return status(404, error.message);
    throw error;
  }
  return status(202, 'Accepted');
}

/** The path in an audience such as `sb://127.0.0.1:5672/operations/$management`. */
function entityPath(audience: string): string {
  const path = decodeURIComponent(URL.parse(audience)?.pathname ?? '').replace(/^\/+|\/+$/g, '');
  return path.toLowerCase().endsWith(MANAGEMENT_PATH) ? path.slice(0, -MANAGEMENT_PATH.length) : path;
}

function status(code: number, description: string): Response {
  return { applicationProperties: { 'status-code': code, 'status-description': description } };
}
