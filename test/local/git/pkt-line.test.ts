import { expect, test } from 'vitest';
import { FLUSH, pktLine, sideBand, takeSection } from '../../../local/git/smart-http/pkt-line.ts';

test('a line counts its own length field', () => {
  expect(pktLine('want me\n').toString()).toBe('000cwant me\n');
});

test('a section ends with the flush; what follows is left as it is', () => {
  const pack = Buffer.from([0, 255, 10]);
  const { lines, rest } = takeSection(Buffer.concat([pktLine('one\n'), pktLine('two'), FLUSH, pack]));
  expect(lines).toEqual(['one', 'two']);
  expect(rest).toEqual(pack);
});

test('a section without a flush ends with the bytes', () => {
  expect(takeSection(pktLine('done\n'))).toEqual({ lines: ['done'], rest: Buffer.alloc(0) });
});

test.each(['zzzz', '0003', '00ffshort', '-001', '00'])('%s is no length', (bytes) => {
  expect(() => takeSection(Buffer.from(bytes))).toThrow(RangeError);
});

test('long data travels in several packets of the data channel', () => {
  const data = Buffer.alloc(150_000, 'x');
  const packets: Buffer[] = [];
  for (let bytes = sideBand(data); bytes.length > 0;) {
    const length = Number.parseInt(bytes.toString('latin1', 0, 4), 16);
    expect(length).toBeLessThanOrEqual(65_520);
    expect(bytes[4]).toBe(1);
    packets.push(bytes.subarray(5, length));
    bytes = bytes.subarray(length);
  }
  expect(packets.length).toBeGreaterThan(1);
  expect(Buffer.concat(packets)).toEqual(data);
});
