import rhea from 'rhea';
import type { AmqpError, Typed } from 'rhea';
import { Refusal } from '../model/errors.ts';
import type { RefusalCode } from '../model/errors.ts';
import { described } from './typed.ts';

/** How a refusal looks on a link (`condition`) and in a management response (`status`); see `errors.ts` of @azure/core-amqp. */
interface WireError {
  readonly condition: string;
  readonly status: number;
}

const WIRE_ERRORS: Readonly<Record<RefusalCode, WireError>> = {
  MessagingEntityNotFound: { condition: 'amqp:not-found', status: 404 },
  MessageLockLost: { condition: 'com.microsoft:message-lock-lost', status: 410 },
  MessageNotFound: { condition: 'com.microsoft:message-not-found', status: 404 },
  MessageSizeExceeded: { condition: 'amqp:link:message-size-exceeded', status: 403 },
  SessionCannotBeLocked: { condition: 'com.microsoft:session-cannot-be-locked', status: 410 },
  SessionLockLost: { condition: 'com.microsoft:session-lock-lost', status: 410 },
  ServiceTimeout: { condition: 'com.microsoft:timeout', status: 408 },
  NotAllowed: { condition: 'amqp:not-allowed', status: 400 },
  InvalidArgument: { condition: 'com.microsoft:argument-error', status: 400 },
  NotImplemented: { condition: 'amqp:not-implemented', status: 501 },
};

export function wireErrorOf(refusal: Refusal): WireError {
  return WIRE_ERRORS[refusal.code];
}

/** The error of a detach or of a rejected transfer. */
export function amqpErrorOf(refusal: Refusal): AmqpError {
  return { condition: wireErrorOf(refusal).condition, description: refusal.message };
}

/** Outcome `accepted`: the receiver's disposition took effect. */
export function acceptedOutcome(): Typed {
  return described(0x24, rhea.types.wrap_list([]));
}

/** Outcome `rejected`: the receiver's disposition was refused. */
export function rejectedOutcome(refusal: Refusal): Typed {
  return described(0x25, rhea.types.wrap_list([rhea.types.wrap_error(amqpErrorOf(refusal))]));
}

/** Runs `attempt`; a refusal goes to `refuse`, anything else is a bug and propagates. */
export function refusing(attempt: () => void, refuse: (refusal: Refusal) => void): void {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(error);
  }
}
