/** Length field of a line: four hexadecimal digits that count themselves. */
const LENGTH_DIGITS = 4;
/** Git's own limit for the payload of one line, and of one side-band packet with its channel byte. */
const PAYLOAD_BYTES_MAX = 65_516;
/** Ends a list of lines. */
export const FLUSH = Buffer.from('0000');

/** Frames one line of the Git protocol. */
export function pktLine(payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  if (bytes.length > PAYLOAD_BYTES_MAX) throw new RangeError(`a line of ${bytes.length} bytes is too long`);
  const length = (bytes.length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** Cuts bytes into packets of the side band's data channel (1), as `side-band-64k` has it. */
export function sideBand(bytes: Buffer): Buffer {
  const channel = Buffer.from([1]);
  const packets: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += PAYLOAD_BYTES_MAX - 1) {
    packets.push(pktLine(Buffer.concat([channel, bytes.subarray(from, from + PAYLOAD_BYTES_MAX - 1)])));
  }
  return Buffer.concat(packets);
}

/** Lines up to a flush or the end, and what comes after it. */
export interface Section {
  /** Without their line ends. */
  readonly lines: readonly string[];
  readonly rest: Buffer;
}

/** Takes the first section of a request. @throws when a length is not one */
export function takeSection(bytes: Buffer): Section {
  const lines: string[] = [];
  let from = 0;
  while (from < bytes.length) {
    const digits = bytes.toString('latin1', from, from + LENGTH_DIGITS);
    const length = Number.parseInt(digits, 16);
    if (!/^[0-9a-f]{4}$/i.test(digits) || (length !== 0 && length < LENGTH_DIGITS) || from + length > bytes.length) {
      throw new RangeError('a line with a wrong length');
    }
    if (length === 0) return { lines, rest: bytes.subarray(from + LENGTH_DIGITS) };
    lines.push(bytes.toString('utf8', from + LENGTH_DIGITS, from + length).replace(/\n$/, ''));
    from += length;
  }
  return { lines, rest: Buffer.alloc(0) };
}
