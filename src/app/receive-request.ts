import { Refusal } from '../contracts/errors.ts';
import type { Grant } from '../contracts/grant.ts';
import { DETAIL_LENGTH_MAX } from '../contracts/limits.ts';
import { REQUESTS_QUEUE } from '../contracts/queues.ts';
import { tellOfDeath } from '../core/notifications/what-to-tell.ts';
import type { Inbox } from '../ports/inbox.ts';
import { scopeOf } from './access/scope.ts';
import type { Deps } from './deps.ts';
import { tell } from './notifications/tell.ts';
import { parseRolloutRequest } from './parse-request.ts';
import { submitRollout } from './submit-rollout.ts';

/** A message of the `requests` queue as its trigger hands it over. */
export interface ReceivedRequest {
  readonly body: unknown;
  /** Its idempotency key: a redelivery starts nothing twice. */
  readonly messageId: string;
  readonly lockToken: string;
}

/**
 * A rollout request that came by queue: the same contract as `POST /api/rollouts`. A bad one goes to the dead-letter queue
 * with the reason; any other failure leaves the message locked, so that it is delivered again. Who may send is the queue's own matter; what
 * they may change all together is what the grants for `queue:requests` say.
 */
export async function receiveRequest(
  deps: Deps,
  inbox: Inbox,
  received: ReceivedRequest,
  grants?: readonly Grant[],
): Promise<void> {
  const actor = { kind: 'queue', name: 'requests' } as const;
  const scope = scopeOf(grants, { actor, roles: ['Operator'], groups: [] });
  try {
    const request = parseRolloutRequest(received.body);
    await submitRollout(deps, { request, actor, scope, idempotencyKey: received.messageId });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problems = error.problems.map(({ field, detail }) => `${field}: ${detail}`).join('; ');
    const description = (problems === '' ? error.message : problems).slice(0, DETAIL_LENGTH_MAX);
    deps.log.warn('request dead-lettered', { messageId: received.messageId, code: error.code });
    // Ids of messages are their senders' own: of any length, and maybe not for others.
    const id = `${REQUESTS_QUEUE}.${deps.digest.sha256(received.messageId).slice(0, 32)}.dead`;
    const subject = `queues/${REQUESTS_QUEUE}`;
    const { code } = error;
    await tell(deps, [tellOfDeath({ id, at: deps.clock.now(), subject, code, detail: description })]);
    return inbox.deadLetter(received.lockToken, { reason: error.code, description });
  }
  await inbox.complete(received.lockToken);
}
