import rhea from 'rhea';
import type { MessageState, QueuedMessage } from '../model/message.ts';
import { ANNOTATION } from './annotations.ts';
import { SECTION } from './sections.ts';
import { described, encodeValues, readMap } from './typed.ts';

/** Largest time to live a header can say: an unsigned 32-bit number of milliseconds. */
const HEADER_TTL_MS_MAX = 2 ** 32 - 1;

/** Values of the annotation `x-opt-message-state`; states it has no value for are active to a client. */
const MESSAGE_STATE: Readonly<Partial<Record<MessageState, number>>> = { deferred: 1, scheduled: 2 };

/** The message as a receiver gets it: the sender's bytes behind a header and annotations that say what the broker knows. */
export function encodeMessage(message: QueuedMessage, options: { readonly omitBody?: boolean } = {}): Buffer {
  const { content, changes } = message;
  const hasChanges = Object.keys(changes).length > 0;
  return Buffer.concat([
    encodeHead(message),
    content.properties,
    hasChanges ? mergeProperties(content.applicationProperties, changes) : content.applicationProperties,
    ...(options.omitBody === true ? [] : [content.body]),
  ]);
}

function encodeHead(message: QueuedMessage): Buffer {
  const { types } = rhea;
  const timeToLive =
    message.timeToLiveMs === Infinity ? undefined : types.wrap_uint(Math.min(message.timeToLiveMs, HEADER_TTL_MS_MAX));
  const isDurable = true;
  const header = types.wrap_list([isDurable, undefined, timeToLive, undefined, types.wrap_uint(message.deliveryCount)]);
  const annotations = types.wrap_symbolic_map(annotationsOf(message));
  return encodeValues(described(SECTION.header, header), described(SECTION.messageAnnotations, annotations));
}

function annotationsOf(message: QueuedMessage): Record<string, unknown> {
  const { types } = rhea;
  const annotations: Record<string, unknown> = {
    ...message.content.annotations,
    [ANNOTATION.sequenceNumber]: types.wrap_long(message.sequenceNumber),
    [ANNOTATION.enqueuedSequenceNumber]: types.wrap_long(message.enqueuedSequenceNumber),
    [ANNOTATION.enqueuedTime]: types.wrap_timestamp(message.enqueuedAtMs),
    [ANNOTATION.messageState]: types.wrap_int(MESSAGE_STATE[message.isDeferred ? 'deferred' : message.state] ?? 0),
  };
  if (message.lock !== undefined) annotations[ANNOTATION.lockedUntil] = types.wrap_timestamp(message.lock.untilMs);
  return annotations;
}

/** Keeps the sender's types for the properties that did not change. */
function mergeProperties(section: Buffer, changes: Readonly<Record<string, unknown>>): Buffer {
  const merged = rhea.types.wrap_map({ ...readMap(section), ...changes });
  return encodeValues(described(SECTION.applicationProperties, merged));
}
