import rhea from 'rhea';
import type { Typed } from 'rhea';
import { newReader, newWriter } from './rhea-internals.ts';

/** AMQP values with their wire type, as rhea keeps them: reading a section this way and writing it back changes no type. */

/** A value under a numeric descriptor: a section, an outcome. */
export function described(code: number, value: Typed): Typed {
  const result: unknown = rhea.types.described(rhea.types.wrap_ulong(code), value);
  if (isTyped(result)) return result;
  throw new Error('rhea described a value as something that is not a value.');
}

/** Items of an encoded list section. */
export function readList(section: Buffer): Typed[] {
  const items: unknown = newReader(section).read().value;
  return Array.isArray(items) ? items.filter(isTyped) : [];
}

/** Entries of an encoded map section; an empty buffer is an empty map. */
export function readMap(section: Buffer): Record<string, Typed> {
  const map: Record<string, Typed> = {};
  if (section.length === 0) return map;
  const items = readList(section);
  for (let at = 0; at + 1 < items.length; at += 2) {
    const value = items[at + 1];
    if (value !== undefined) map[String(items[at])] = value;
  }
  return map;
}

/** Encodes values one behind the other. */
export function encodeValues(...values: readonly Typed[]): Buffer {
  const writer = newWriter();
  for (const value of values) writer.write(value);
  return writer.toBuffer();
}

function isTyped(value: unknown): value is Typed {
  return typeof value === 'object' && value !== null && 'type' in value && 'value' in value;
}
