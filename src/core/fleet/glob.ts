/** Moves every position in a name that a glob has reached over one more part of it. */
type Part = (name: string, reached: ReadonlySet<number>) => ReadonlySet<number>;

/**
 * Compiles a glob over names: `*` any text, `?` any character, `[a-c]` one of a set (`[!a-c]` none of it), `{a,b}`
 * alternatives; the rest stands for itself. Compared without case, as ARM does with names.
 *
 * Walks all ways of matching at once, so that it takes time in proportion to glob × name. A regular expression would try
 * them one after the other, which lets a glob of a dozen stars stall the process.
 */
export function compileGlob(glob: string): (name: string) => boolean {
  const { parts } = parse(glob.toLowerCase(), 0, '');
  return (name) => run(parts, name.toLowerCase(), new Set([0])).has(name.length);
}

/** True when a text has a meaning as a glob beyond itself. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

function run(parts: readonly Part[], name: string, start: ReadonlySet<number>): ReadonlySet<number> {
  let reached = start;
  for (const part of parts) {
    if (reached.size === 0) return reached;
    reached = part(name, reached);
  }
  return reached;
}

/** Parses from `at` to one of the characters in `ends`, or to the end of the text. */
function parse(glob: string, at: number, ends: string): { parts: Part[]; at: number } {
  const parts: Part[] = [];
  let next = at;
  while (next < glob.length && !ends.includes(glob.charAt(next))) {
    const { part, at: behind } = parsePart(glob, next);
    parts.push(part);
    next = behind;
  }
  return { parts, at: next };
}

function parsePart(glob: string, at: number): { part: Part; at: number } {
  const char = glob.charAt(at);
  if (char === '*') return { part: anyText, at: at + 1 };
  if (char === '?') return { part: oneOf(() => true), at: at + 1 };
  // A bracket right behind the opening one belongs to the set.
  const setEnd = char === '[' ? glob.indexOf(']', at + 2) : -1;
  if (setEnd > 0) return { part: oneOf(inSet(glob.slice(at + 1, setEnd))), at: setEnd + 1 };
  return char === '{' ? parseAlternatives(glob, at) : { part: literal(char), at: at + 1 };
}

/** A brace that is never closed stands for itself; nothing is parsed twice on that account. */
function parseAlternatives(glob: string, at: number): { part: Part; at: number } {
  const alternatives: Part[][] = [];
  let next = at;
  do {
    const { parts, at: behind } = parse(glob, next + 1, ',}');
    alternatives.push(parts);
    next = behind;
  } while (glob.charAt(next) === ',');
  const isClosed = glob.charAt(next) === '}';
  const asWritten = alternatives.flatMap((parts, index) => [literal(index === 0 ? '{' : ','), ...parts]);
  return {
    part: (name, reached) =>
      isClosed
        ? new Set(alternatives.flatMap((parts) => [...run(parts, name, reached)]))
        : run(asWritten, name, reached),
    at: isClosed ? next + 1 : next,
  };
}

function literal(char: string): Part {
  return oneOf((one) => one === char);
}

function anyText(name: string, reached: ReadonlySet<number>): ReadonlySet<number> {
  const from = Math.min(...reached);
  return new Set(Array.from({ length: name.length - from + 1 }, (_, index) => from + index));
}

function oneOf(matches: (char: string) => boolean): Part {
  return (name, reached) =>
    new Set([...reached].filter((at) => at < name.length && matches(name.charAt(at))).map((at) => at + 1));
}

/** The inside of `[…]`: single characters and ranges, turned around by a leading `!` or `^`. */
function inSet(inside: string): (char: string) => boolean {
  const isTurned = /^[!^]/.test(inside);
  const ranges = [...inside.slice(isTurned ? 1 : 0).matchAll(/(.)-(.)|(.)/g)].map(([, from, to, single]) => [
    from ?? single ?? '',
    to ?? single ?? '',
  ]);
  return (char) => ranges.some(([from = '', to = '']) => char >= from && char <= to) !== isTurned;
}
