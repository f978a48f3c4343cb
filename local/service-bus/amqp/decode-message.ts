import { randomUUID } from 'node:crypto';
import rhea from 'rhea';
import { z } from 'zod';
import { Refusal } from '../model/errors.ts';
import type { NewMessage } from '../model/message.ts';
import { ANNOTATION } from './annotations.ts';
import { binaryValue, findSections, SECTION } from './sections.ts';
import type { Section } from './sections.ts';
import { described, encodeValues, readList, readMap } from './typed.ts';

/**
 * Largest message and largest batch, headers included: the Standard tier's 256 KB, which is also what Microsoft's
 * emulator allows (learn.microsoft.com, service-bus-quotas and overview-emulator).
 */
export const MESSAGE_BYTES_MAX = 256 * 1024;

/** Transfer format of a batch: a message whose data sections are encoded messages. */
export const BATCH_FORMAT = 0x80013700;

/** What of the sections before the body the queue has to know. rhea leaves out what is absent. */
const headSchema = z.object({
  ttl: z.number().optional(),
  message_id: z.union([z.string(), z.number(), z.instanceof(Buffer)]).optional(),
  group_id: z.string().optional(),
  message_annotations: z
    .object({
      [ANNOTATION.scheduledEnqueueTime]: z.union([z.date(), z.number().transform((ms) => new Date(ms))]).nullish(),
    })
    .optional(),
});

/** One encoded message, as a sender or a schedule request delivers it. Refuses with MessageSizeExceeded or InvalidArgument. */
export function decodeMessage(encoded: Buffer): NewMessage {
  checkSize(encoded);
  const sections = findSections(encoded);
  try {
    return decodeSections(encoded, sections);
  } catch (error) {
    // Sections of the right size can hold values of the wrong one, on which rhea's reader runs over the end.
    if (error instanceof Refusal || !(error instanceof Error)) throw error;
    throw new Refusal('InvalidArgument', `The message cannot be decoded: ${error.message}`);
  }
}

/** The messages of one batch. */
export function decodeBatch(encoded: Buffer): NewMessage[] {
  checkSize(encoded);
  const parts = findSections(encoded).filter((section) => section.code === SECTION.data);
  return parts.map((section) => decodeMessage(binaryValue(encoded, section)));
}

const NO_BYTES = Buffer.alloc(0);

function decodeSections(encoded: Buffer, sections: readonly Section[]): NewMessage {
  const bytesOf = (code: number) => {
    const section = sections.find((candidate) => candidate.code === code);
    return section === undefined ? NO_BYTES : encoded.subarray(section.start, section.end);
  };
  const bodyStart = sections.find((section) => section.code >= SECTION.data)?.start ?? encoded.length;
  const head = decodeHead(encoded, sections);
  const messageId = head.message_id ?? randomUUID();
  const properties = bytesOf(SECTION.properties);
  const applicationProperties = bytesOf(SECTION.applicationProperties);
  // Receivers may change these later, when nobody is left to be told that they are broken.
  readMap(applicationProperties);
  return {
    messageId: Buffer.isBuffer(messageId) ? messageId.toString('hex') : String(messageId),
    sessionId: head.group_id,
    timeToLiveMs: head.ttl,
    scheduledForMs: head.message_annotations?.[ANNOTATION.scheduledEnqueueTime]?.getTime(),
    content: {
      annotations: readMap(bytesOf(SECTION.messageAnnotations)),
      properties: head.message_id === undefined ? withMessageId(properties, String(messageId)) : properties,
      applicationProperties,
      body: encoded.subarray(bodyStart),
    },
  };
}

function checkSize(encoded: Buffer): void {
  if (encoded.length <= MESSAGE_BYTES_MAX) return;
  const sizes = `${encoded.length} bytes, and the limit is ${MESSAGE_BYTES_MAX}`;
  throw new Refusal('MessageSizeExceeded', `The message or batch is too large: it has ${sizes}. Send less at once.`);
}

function decodeHead(encoded: Buffer, sections: readonly Section[]): z.infer<typeof headSchema> {
  const head = sections.filter((section) => section.code <= SECTION.properties);
  const parsed = headSchema.safeParse(rhea.message.decode(encoded.subarray(0, head.at(-1)?.end ?? 0)));
  if (parsed.success) return parsed.data;
  throw new Refusal('InvalidArgument', `The message has a field of the wrong type: ${z.prettifyError(parsed.error)}`);
}

/** Every message has an id: the broker gives one to those whose sender set none. */
function withMessageId(properties: Buffer, messageId: string): Buffer {
  const others = properties.length === 0 ? [] : readList(properties).slice(1);
  return encodeValues(
    described(SECTION.properties, rhea.types.wrap_list([rhea.types.wrap_string(messageId), ...others])),
  );
}
