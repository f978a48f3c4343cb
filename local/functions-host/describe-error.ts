import { inspect } from 'node:util';

const DESCRIPTION_CHARACTERS_MAX = 8_192;

/** Text for anything a handler may throw: undefined, a string, an Error with cycles, an object whose getters throw. */
export function describeError(thrown: unknown): string {
  try {
    const text =
      thrown instanceof Error && thrown.stack !== undefined ? inspect(thrown, { depth: 3 }) : inspect(thrown);
    return text.slice(0, DESCRIPTION_CHARACTERS_MAX);
  } catch {
    return 'A value that cannot be described was thrown.';
  }
}
