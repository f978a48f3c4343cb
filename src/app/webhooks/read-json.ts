import { Refusal } from '../../contracts/errors.ts';
import { REQUEST_DEPTH_MAX } from '../../contracts/limits.ts';

/**
 * Reads the bytes of a delivery whose signature was found good.
 *
 * @throws Refusal 400: no UTF-8, no JSON, nested too deep, or with keys that aim at prototypes.
 */
export function readJson(bytes: Uint8Array): { readonly text: string; readonly json: unknown } {
  const text = decode(bytes);
  const json = parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  refuseHostile(json);
  return { text, json };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(400, 'InvalidEncoding', 'The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the body, which may hold anything.
    throw new Refusal(400, 'InvalidJson', 'The body is not JSON.');
  }
}

/** Walks level by level, without recursion: depth is what a hostile body has most of. */
function refuseHostile(json: unknown): void {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > REQUEST_DEPTH_MAX) {
      throw new Refusal(400, 'BodyTooDeep', `The body is nested more than ${REQUEST_DEPTH_MAX} levels deep.`);
    }
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (Object.hasOwn(value, '__proto__')) {
        throw new Refusal(400, 'InvalidJson', 'The body has a key __proto__, which no provider sends.');
      }
      for (const inner of Object.values(value)) next.push(inner);
    }
    level = next;
  }
}
