import { compareBuild, parse, Range, type SemVer } from 'semver';
import type { Follows } from '../../contracts/definition.ts';
import type { Push, Ref } from '../../contracts/push.ts';
import { compilePathGlob } from './path-glob.ts';

/** What a definition follows, made ready to be asked. */
export interface Following {
  /** True for the refs that it follows. */
  readonly has: (ref: Ref) => boolean;
  /** The version that a tag names, when a range of versions is followed; of several tags, the highest version counts. */
  readonly versionOf: ((ref: Ref) => SemVer | undefined) | undefined;
  /** False when the changes of a push are known and the path filters let none of them through. */
  readonly lets: (push: Push) => boolean;
}

export function compileFollows({ branch, tag, semver, paths }: Follows): Following {
  const lets = compilePaths(paths);
  if (semver !== undefined) {
    const versionOf = compileRange(semver);
    return { has: (ref) => versionOf(ref) !== undefined, versionOf, lets };
  }
  const kind = branch === undefined ? 'tag' : 'branch';
  const matches = compilePathGlob(branch ?? tag ?? '');
  return { has: (ref) => ref.kind === kind && matches(ref.name), versionOf: undefined, lets };
}

/** Positive when the first tag names the higher version; 0 when versions do not matter. */
export function compareVersions({ versionOf }: Following, one: Ref, other: Ref): number {
  const [version, otherVersion] = [versionOf?.(one), versionOf?.(other)];
  return version !== undefined && otherVersion !== undefined ? compareBuild(version, otherVersion) : 0;
}

/** Tags with or without a leading `v`; pre-releases only where the range names some, as `semver` and Flux have it. */
function compileRange(text: string): (ref: Ref) => SemVer | undefined {
  const range = new Range(text);
  return ({ kind, name }) => {
    const version = kind === 'tag' ? parse(name) : null;
    return version !== null && range.test(version) ? version : undefined;
  };
}

/**
 * What a push has changed is not known when the provider does not say, when the ref is new and when history was rewritten: the
 * commits of the push are not then what makes the difference. Unknown changes count as a match.
 */
function compilePaths(globs: readonly string[] | undefined): (push: Push) => boolean {
  const compiled = globs?.map(compilePathGlob);
  return ({ before, changedPaths, forced }) => {
    if (compiled === undefined || changedPaths === undefined || before === null || forced === true) return true;
    return changedPaths.some((path) => compiled.some((matches) => matches(path)));
  };
}
