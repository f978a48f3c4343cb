import { Refusal } from '../model/errors.ts';

/** Descriptor codes of the sections of an AMQP message (OASIS AMQP 1.0, part 3, section 3.2). */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  footer: 0x78,
} as const;

/** Where one section lies in an encoded message. */
export interface Section {
  readonly code: number;
  readonly start: number;
  /** Start of the value behind the descriptor. */
  readonly valueStart: number;
  readonly end: number;
}

/** Finds the sections of an encoded message without decoding them: sender's bytes reach the receiver as they are. */
export function findSections(encoded: Buffer): Section[] {
  const sections: Section[] = [];
  for (let start = 0; start < encoded.length;) {
    const { code, end: valueStart } = readDescriptor(encoded, start);
    if (code < SECTION.header || code > SECTION.footer)
      throw undecodable(`it has an unknown section 0x${code.toString(16)}`);
    const end = endOfValue(encoded, valueStart);
    sections.push({ code, start, valueStart, end });
    start = end;
  }
  return sections;
}

/** The bytes of a section's binary value (a data section). */
export function binaryValue(encoded: Buffer, section: Section): Buffer {
  const type = encoded[section.valueStart];
  if (type === BINARY_8) return encoded.subarray(section.valueStart + 2, section.end);
  if (type === BINARY_32) return encoded.subarray(section.valueStart + 5, section.end);
  throw undecodable('a data section holds something other than binary');
}

const DESCRIBED = 0x00;
const SMALL_ULONG = 0x53;
const ULONG = 0x80;
const BINARY_8 = 0xa0;
const BINARY_32 = 0xb0;

function readDescriptor(encoded: Buffer, start: number): { code: number; end: number } {
  if (encoded[start] !== DESCRIBED) throw undecodable('a section has no descriptor');
  const end = endOfValue(encoded, start + 1);
  if (encoded[start + 1] === SMALL_ULONG) return { code: encoded.readUInt8(start + 2), end };
  if (encoded[start + 1] === ULONG) return { code: Number(encoded.readBigUInt64BE(start + 2)), end };
  throw undecodable('a section has a descriptor that is not a number');
}

/** Width by subcategory, the high half of the type code (OASIS AMQP 1.0, part 1, section 1.2): fixed sizes, then sized ones. */
const FIXED_WIDTH_BYTES: Readonly<Record<number, number>> = { 0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16 };
const SIZE_WIDTH_BYTES: Readonly<Record<number, 1 | 4>> = { 0xa: 1, 0xb: 4, 0xc: 1, 0xd: 4, 0xe: 1, 0xf: 4 };

function endOfValue(encoded: Buffer, start: number): number {
  if (start >= encoded.length) throw undecodable('it ends too early');
  const type = encoded.readUInt8(start);
  const subcategory = type >> 4;
  const fixedBytes = FIXED_WIDTH_BYTES[subcategory];
  const sizeBytes = SIZE_WIDTH_BYTES[subcategory];
  let end: number;
  if (type === DESCRIBED) end = endOfValue(encoded, endOfValue(encoded, start + 1));
  else if (fixedBytes !== undefined) end = start + 1 + fixedBytes;
  else if (sizeBytes !== undefined && start + 1 + sizeBytes <= encoded.length) {
    end = start + 1 + sizeBytes + encoded.readUIntBE(start + 1, sizeBytes);
  } else throw undecodable(`it holds the unknown type 0x${type.toString(16)}`);
  if (end > encoded.length) throw undecodable('it ends too early');
  return end;
}

function undecodable(why: string): Refusal {
  return new Refusal('InvalidArgument', `The message cannot be decoded: ${why}.`);
}
