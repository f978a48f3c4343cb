import { anyText, compile, type Dialect } from '../fleet/glob.ts';

/**
 * Compiles a glob over paths, refs and normalised repositories, compared with case: as `compileGlob`, but nothing goes over a `/`
 * except `**`; at the beginning of a segment, `**` and `/` stand for any number of segments, none included. Linear as well.
 */
export function compilePathGlob(glob: string): (path: string) => boolean {
  return compile(glob, OVER_PATHS);
}

/** Up to the end of the segment that each position stands in. */
function anyInSegment(path: string, reached: ReadonlySet<number>): ReadonlySet<number> {
  const further = new Set<number>();
  for (const from of reached) {
    for (let at = from; at <= path.length && !further.has(at); at++) {
      further.add(at);
      if (path.charAt(at) === '/') break;
    }
  }
  return further;
}

/** Where each position stands, and the beginning of every segment behind it. */
function anySegments(path: string, reached: ReadonlySet<number>): ReadonlySet<number> {
  const further = new Set(reached);
  const from = Math.min(...reached);
  for (let at = path.indexOf('/', from); at >= 0; at = path.indexOf('/', at + 1)) further.add(at + 1);
  return further;
}

const OVER_PATHS: Dialect = {
  star: anyInSegment,
  doubleStar: { text: anyText, segments: anySegments },
  takes: (char) => char !== '/',
};
