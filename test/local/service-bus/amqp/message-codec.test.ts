import fc from 'fast-check';
import rhea from 'rhea';
import { describe, expect, test } from 'vitest';
import { decodeBatch, decodeMessage, MESSAGE_BYTES_MAX } from '../../../../local/service-bus/amqp/decode-message.ts';
import { encodeMessage } from '../../../../local/service-bus/amqp/encode-message.ts';
import { tagOfToken, tokenOfTag } from '../../../../local/service-bus/amqp/lock-token.ts';
import { findSections } from '../../../../local/service-bus/amqp/sections.ts';
import { Refusal } from '../../../../local/service-bus/model/errors.ts';
import type { QueuedMessage } from '../../../../local/service-bus/model/message.ts';
import { newQueue } from '../model/queue-fixture.ts';

/** The bytes of a message's application properties, with every type as it was written. */
function propertyBytes(encoded: Buffer): string {
  const section = findSections(encoded).find(({ code }) => code === 0x74);
  return section === undefined ? '' : encoded.subarray(section.start, section.end).toString('hex');
}

function queued(encoded: Buffer): QueuedMessage {
  const { queue } = newQueue();
  queue.send([decodeMessage(encoded)]);
  return queue.receive('peekLock')!;
}

const { types } = rhea;
/** JavaScript has one type of number; AMQP has many, and rhea would guess. */
const TYPED_PROPERTIES = {
  long: types.wrap_long(5),
  wholeDouble: types.wrap_double(2),
  byte: types.wrap_byte(1),
  huge: types.wrap_ulong(Buffer.from('ffffffffffffffff', 'hex')) as unknown,
  uuid: types.wrap_uuid(Buffer.alloc(16, 7)),
  time: types.wrap_timestamp(1_700_000_000_000),
  symbol: types.wrap_symbol('sym'),
};

describe("the sender's application properties", () => {
  const sent = rhea.message.encode({ message_id: 'm', application_properties: TYPED_PROPERTIES, body: 'value' });

  test('keep their bytes on the way through', () => {
    expect(propertyBytes(encodeMessage(queued(sent)))).toBe(propertyBytes(sent));
  });

  test('keep their types when a receiver changed another', () => {
    const message = queued(sent);
    const changed = encodeMessage({ ...message, changes: { added: 'x' } });
    const expected = rhea.message.encode({ application_properties: { ...TYPED_PROPERTIES, added: 'x' } });
    expect(propertyBytes(changed)).toBe(propertyBytes(expected));
  });
});

test("custom annotations of the sender stay, the broker's own are not the sender's to set", () => {
  const annotations = { 'x-opt-custom': 'c', 'x-opt-sequence-number': types.wrap_long(999) };
  const message = queued(rhea.message.encode({ message_annotations: annotations, body: 1 }));
  const delivered = rhea.message.decode(encodeMessage(message));
  expect(delivered['message_annotations']).toMatchObject({ 'x-opt-custom': 'c', 'x-opt-sequence-number': 1 });
});

test.each([
  { id: 'text', expected: 'text' },
  { id: 42, expected: '42' },
  { id: Buffer.alloc(16, 1), expected: '01'.repeat(16) },
])('a message id of another type identifies too: $expected', ({ id, expected }) => {
  expect(decodeMessage(rhea.message.encode({ message_id: id, body: 1 })).messageId).toBe(expected);
});

test('footers and several data sections survive', () => {
  const sent = rhea.message.encode({
    message_id: 'm',
    body: rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]) as unknown,
  });
  const delivered = rhea.message.decode(encodeMessage(queued(sent)));
  expect((delivered['body'] as { content: Buffer[] }).content.map(String)).toEqual(['a', 'b']);
});

test('a message of exactly the limit is accepted, one byte more is not', () => {
  const overhead =
    rhea.message.encode({ message_id: 'm', body: rhea.message.data_section(Buffer.alloc(1000)) as unknown }).length -
    1000;
  const ofSize = (bytes: number) =>
    rhea.message.encode({
      message_id: 'm',
      body: rhea.message.data_section(Buffer.alloc(bytes - overhead)) as unknown,
    });
  expect(decodeMessage(ofSize(MESSAGE_BYTES_MAX)).messageId).toBe('m');
  expect(() => decodeMessage(ofSize(MESSAGE_BYTES_MAX + 1))).toThrow(
    expect.objectContaining({ code: 'MessageSizeExceeded' }),
  );
});

test('arbitrary bytes are refused or decoded, never a crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        findSections(Buffer.from(bytes));
        decodeBatch(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a good message with any one byte broken is refused or decoded, never a crash', () => {
  const good = rhea.message.encode({
    message_id: 'm',
    message_annotations: { a: 1 },
    application_properties: { p: 'x' },
    body: 'b',
  });
  const whole = queued(good);
  fc.assert(
    fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
      const broken = Buffer.from(good);
      broken[at] = value;
      try {
        const { content } = decodeMessage(broken);
        encodeMessage({ ...whole, content, changes: { added: 1 } });
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a lock token becomes a delivery tag in the byte order of .NET, and back', () => {
  const token = '00112233445566778899aabbccddeeff';
  expect(tagOfToken(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
  expect(tokenOfTag(tagOfToken(token))).toBe(token);
});
