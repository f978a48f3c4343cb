import rhea from 'rhea';
import { z } from 'zod';
import type { MessageQueue, ReceiveMode, SessionClaim } from '../model/queue.ts';
import { decodeMessage } from './decode-message.ts';
import { encodeMessage } from './encode-message.ts';
import { bytesOfToken } from './lock-token.ts';
import { withoutNulls } from './outgoing-link.ts';

/**
 * One operation of the `$management` node: takes the request's body, gives the response's. `holder` is who asks, in a
 * queue with sessions. Throws a `Refusal`, or a `ZodError` when the body is not what the operation needs.
 */
type Operation = (
  queue: MessageQueue,
  body: unknown,
  holder: string | undefined,
) => Readonly<Record<string, unknown>> | 'nothing';

/** The operations on queues, by name (learn.microsoft.com, service-bus-amqp-request-response). */
export const MANAGEMENT_OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['com.microsoft:renew-lock', renewLock],
  ['com.microsoft:schedule-message', scheduleMessage],
  ['com.microsoft:cancel-scheduled-message', cancelScheduledMessage],
  ['com.microsoft:peek-message', peekMessage],
  ['com.microsoft:receive-by-sequence-number', receiveBySequenceNumber],
  ['com.microsoft:update-disposition', updateDisposition],
  ['com.microsoft:renew-session-lock', renewSessionLock],
  ['com.microsoft:get-session-state', getSessionState],
  ['com.microsoft:set-session-state', setSessionState],
  ['com.microsoft:get-message-sessions', getMessageSessions],
]);

/** Most messages that one peek returns (learn.microsoft.com, message-browsing). */
const PEEK_MESSAGES_MAX = 250;

/** AMQP type codes of array items. */
const LONG_CODE = 0x81;
const TIMESTAMP_CODE = 0x83;

const long = z.union([z.number(), z.instanceof(Buffer).transform((bytes) => Number(bytes.readBigInt64BE()))]);
const lockToken = z.instanceof(Buffer).transform((bytes) => bytes.toString('hex'));
const sessionId = z.string().nullish();

function renewLock(queue: MessageQueue, body: unknown) {
  const { 'lock-tokens': tokens } = z.object({ 'lock-tokens': z.array(lockToken) }).parse(body);
  const expirations = tokens.map((token) => queue.renewLock(token));
  return { expirations: rhea.types.wrap_array(expirations, TIMESTAMP_CODE, undefined) };
}

function scheduleMessage(queue: MessageQueue, body: unknown) {
  const { messages } = z.object({ messages: z.array(z.object({ message: z.instanceof(Buffer) })) }).parse(body);
  const sequenceNumbers = queue.send(messages.map((entry) => decodeMessage(entry.message)));
  return { 'sequence-numbers': rhea.types.wrap_array(sequenceNumbers, LONG_CODE, undefined) };
}

function cancelScheduledMessage(queue: MessageQueue, body: unknown) {
  queue.cancelScheduled(z.object({ 'sequence-numbers': z.array(long) }).parse(body)['sequence-numbers']);
  return {};
}

const peekSchema = z.object({
  'from-sequence-number': long,
  'message-count': z.number(),
  'session-id': sessionId,
  'omit-message-body': z.boolean().nullish(),
});

function peekMessage(queue: MessageQueue, body: unknown) {
  const request = peekSchema.parse(body);
  const count = Math.min(request['message-count'], PEEK_MESSAGES_MAX);
  const messages = queue.peek(request['from-sequence-number'], count, request['session-id'] ?? undefined);
  const omitBody = request['omit-message-body'] === true;
  if (messages.length === 0) return 'nothing';
  return { messages: messages.map((message) => ({ message: encodeMessage(message, { omitBody }) })) };
}

const receiveSchema = z.object({
  'sequence-numbers': z.array(long),
  'receiver-settle-mode': z.number(),
  'session-id': sessionId,
});

function receiveBySequenceNumber(queue: MessageQueue, body: unknown, holder: string | undefined) {
  const request = receiveSchema.parse(body);
  const mode: ReceiveMode = request['receiver-settle-mode'] === 0 ? 'receiveAndDelete' : 'peekLock';
  const claim: SessionClaim | undefined =
    typeof request['session-id'] === 'string' ? { sessionId: request['session-id'], holder } : undefined;
  const messages = queue.receiveDeferred(request['sequence-numbers'], mode, claim);
  return {
    messages: messages.map((message) => ({
      message: encodeMessage(message),
      ...(message.lock === undefined ? {} : { 'lock-token': rhea.types.wrap_uuid(bytesOfToken(message.lock.token)) }),
    })),
  };
}

const dispositionSchema = z.object({
  'lock-tokens': z.array(lockToken),
  // The misspelling of "deferred" is the protocol's.
  'disposition-status': z.enum(['completed', 'abandoned', 'defered', 'suspended']),
  'deadletter-reason': z.string().nullish(),
  'deadletter-description': z.string().nullish(),
  'properties-to-modify': z.record(z.string(), z.unknown()).nullish(),
});

function updateDisposition(queue: MessageQueue, body: unknown) {
  const request = dispositionSchema.parse(body);
  const changes = withoutNulls(request['properties-to-modify']);
  const reasons = withoutNulls({
    DeadLetterReason: request['deadletter-reason'],
    DeadLetterErrorDescription: request['deadletter-description'],
  });
  for (const token of request['lock-tokens']) {
    switch (request['disposition-status']) {
      case 'completed':
        queue.complete(token);
        break;
      case 'abandoned':
        queue.abandon(token, changes);
        break;
      case 'defered':
        queue.defer(token, changes);
        break;
      case 'suspended':
        queue.deadLetter(token, { ...changes, ...reasons });
        break;
    }
  }
  return {};
}

const sessionSchema = z.object({ 'session-id': z.string() });

function renewSessionLock(queue: MessageQueue, body: unknown, holder: string | undefined) {
  const untilMs = queue.sessions.renew(sessionSchema.parse(body)['session-id'], holder);
  return { expiration: rhea.types.wrap_timestamp(untilMs) };
}

function getSessionState(queue: MessageQueue, body: unknown, holder: string | undefined) {
  const { session } = queue.sessions.held(sessionSchema.parse(body)['session-id'], holder);
  return { 'session-state': session.state ?? null };
}

function setSessionState(queue: MessageQueue, body: unknown, holder: string | undefined) {
  const schema = sessionSchema.extend({ 'session-state': z.instanceof(Buffer).nullish() });
  const request = schema.parse(body);
  queue.sessions.setState(request['session-id'], holder, request['session-state'] ?? undefined);
  return {};
}

function getMessageSessions(queue: MessageQueue, body: unknown) {
  const schema = z.object({ 'last-updated-time': z.date(), skip: z.number(), top: z.number() });
  const { 'last-updated-time': updatedAfter, skip, top } = schema.parse(body);
  const ids = queue.sessions.list(updatedAfter.getTime(), skip, top);
  return ids.length === 0 ? 'nothing' : { skip, 'sessions-ids': ids };
}
