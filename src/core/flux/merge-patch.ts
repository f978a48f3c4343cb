import { canonicalJson } from '../canonical-json.ts';
import { isJson, type Json } from './json.ts';

/** The JSON merge patch (RFC 7396) that turns `from` into `to`: only what differs, `null` for what goes. */
export function mergePatch(from: Json, to: Json): Json {
  const changed = Object.entries(to).flatMap(([key, value]): [string, unknown][] => {
    const before = from[key];
    if (canonicalJson(before) === canonicalJson(value)) return [];
    if (!isJson(before) || !isJson(value)) return [[key, value]];
    const inner = mergePatch(before, value);
    return Object.keys(inner).length === 0 ? [] : [[key, inner]];
  });
  return { ...Object.fromEntries(changed), ...goneFields(from, to) };
}

/** Like `mergePatch`, with all of `to` in it, changed or not. */
export function fullPatch(from: Json, to: Json): Json {
  const fields = Object.entries(to).map(([key, value]): [string, unknown] => {
    const before = from[key];
    return [key, isJson(before) && isJson(value) ? fullPatch(before, value) : value];
  });
  return { ...Object.fromEntries(fields), ...goneFields(from, to) };
}

/** `null` for every field of `from` that has a value and is not in `to`. */
export function goneFields(from: Json, to: Json): Json {
  const gone = Object.keys(from).filter((key) => from[key] !== null && from[key] !== undefined && !(key in to));
  return Object.fromEntries(gone.map((key) => [key, null]));
}

/** What a JSON merge patch makes of a resource. */
export function applyPatch(target: Json, patch: Json): Json {
  const result: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else result[key] = isJson(value) ? applyPatch(isJson(before) ? before : {}, value) : value;
  }
  return result;
}
