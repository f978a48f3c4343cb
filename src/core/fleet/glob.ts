const START: ReadonlySet<number> = new Set([0]);

/** Moves every position in a name that a glob has reached over one more part of it. */
export type Part = (name: string, reached: ReadonlySet<number>) => ReadonlySet<number>;

/** What the wildcards of a glob stand for. */
export interface Dialect {
  readonly star: Part;
  /** `**`, and what it stands for with a `/` behind it at the beginning of a segment; absent: it is a star like any other. */
  readonly doubleStar?: { readonly text: Part; readonly segments: Part };
  /** What `?` and `[…]` may stand for. */
  readonly takes: (char: string) => boolean;
}

/**
 * Compiles a glob over names: `*` any text, `?` any character, `[a-c]` one of a set (`[!a-c]` none of it), `{a,b}`
 * alternatives; the rest stands for itself. Compared without case, as ARM does with names.
 *
 * Walks all ways of matching at once, so that it takes time in proportion to glob × name. A regular expression would try
 * them one after the other, which lets a glob of a dozen stars stall the process.
 */
export function compileGlob(glob: string): (name: string) => boolean {
  const matches = compile(glob.toLowerCase(), OVER_NAMES);
  return (name) => matches(name.toLowerCase());
}

/** Compiles a glob whose wildcards stand for what the dialect says. */
export function compile(glob: string, dialect: Dialect): (name: string) => boolean {
  const { parts } = parse(glob, 0, '', dialect);
  return (name) => run(parts, name, START).has(name.length);
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
function parse(glob: string, at: number, ends: string, dialect: Dialect): { parts: Part[]; at: number } {
  const parts: Part[] = [];
  let next = at;
  while (next < glob.length && !ends.includes(glob.charAt(next))) {
    const { part, at: behind } = parsePart(glob, next, dialect);
    parts.push(part);
    next = behind;
  }
  return { parts, at: next };
}

function parsePart(glob: string, at: number, dialect: Dialect): { part: Part; at: number } {
  const char = glob.charAt(at);
  if (char === '*') return parseStars(glob, at, dialect);
  if (char === '?') return { part: oneOf(dialect.takes), at: at + 1 };
  // A bracket right behind the opening one belongs to the set.
  const setEnd = char === '[' ? glob.indexOf(']', at + 2) : -1;
  if (setEnd > 0) {
    const isIn = inSet(glob.slice(at + 1, setEnd));
    return { part: oneOf((one) => dialect.takes(one) && isIn(one)), at: setEnd + 1 };
  }
  return char === '{' ? parseAlternatives(glob, at, dialect) : { part: literal(char), at: at + 1 };
}

function parseStars(glob: string, at: number, { star, doubleStar }: Dialect): { part: Part; at: number } {
  if (doubleStar === undefined || glob.charAt(at + 1) !== '*') return { part: star, at: at + 1 };
  const beginsSegment = at === 0 || '/{,'.includes(glob.charAt(at - 1));
  if (beginsSegment && glob.charAt(at + 2) === '/') return { part: doubleStar.segments, at: at + 3 };
  return { part: doubleStar.text, at: at + 2 };
}

/** A brace that is never closed stands for itself; nothing is parsed twice on that account. */
function parseAlternatives(glob: string, at: number, dialect: Dialect): { part: Part; at: number } {
  const alternatives: Part[][] = [];
  let next = at;
  do {
    const { parts, at: behind } = parse(glob, next + 1, ',}', dialect);
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

/** `*` over everything that is left. */
export function anyText(name: string, reached: ReadonlySet<number>): ReadonlySet<number> {
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

const OVER_NAMES: Dialect = { star: anyText, takes: () => true };
