/** Major and minor number of a version; patches do not matter to support windows and upgrade paths. */
export interface Minor {
  readonly major: number;
  readonly minor: number;
}

/**
 * Newest `microsoft.flux` known when this was written (learn.microsoft.com, "Available extensions for Azure Arc-enabled
 * Kubernetes clusters", 08/2026): a fleet that is behind as a whole is still behind.
 */
const KNOWN_NEWEST: Minor = { major: 1, minor: 24 };

/** Two numbers are all that is compared: no package is needed for that. Undefined when the text is no version. */
export function parseMinor(version: string | undefined): Minor | undefined {
  const match = /^v?(\d+)\.(\d+)(?:[.+-]|$)/.exec(version ?? '');
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

export function isBefore(a: Minor, b: Minor): boolean {
  return a.major < b.major || (a.major === b.major && a.minor < b.minor);
}

/** The newest of the versions in use and the one known. */
export function newestMinor(versions: readonly (string | undefined)[]): Minor {
  return versions.reduce<Minor>((newest, version) => {
    const minor = parseMinor(version);
    return minor !== undefined && isBefore(newest, minor) ? minor : newest;
  }, KNOWN_NEWEST);
}
