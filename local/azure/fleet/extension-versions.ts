/** Versions of microsoft.flux that can be installed, newest last (flux.md b.5). */
export const FLUX_VERSIONS = ['1.22.1', '1.23.0', '1.24.0', '1.24.1'] as const;
export const NEWEST_VERSION = '1.24.1';

/** A version that clusters may still run although it is older than the two before the newest, the oldest that is supported. */
export const OUTDATED_VERSION = '1.20.4';

/** Both offer the same versions here. */
export const RELEASE_TRAINS = ['stable', 'preview'] as const;
