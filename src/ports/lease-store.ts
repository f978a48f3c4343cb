import type { Versioned } from './versioned.ts';

/** Who may write one (cluster, subject) (law 8). A subject is a configuration's name, or stands for the extension. */
export interface Lease {
  readonly clusterId: string;
  readonly subject: string;
  /** Grows with every change of holder. */
  readonly epoch: number;
  /** Undefined when it was given back. */
  readonly holder: string | undefined;
  /** The newest rollout that ever held it: rollout ids sort by creation time. */
  readonly newestHolder: string;
  readonly acquiredAt: number;
  readonly expiresAt: number;
}

/** Leases by (cluster, subject); cluster ids are compared without case. All may throw `Transient`. */
export interface LeaseStore {
  read(clusterId: string, subject: string): Promise<Versioned<Lease> | undefined>;
  /** Inserts when `version` is undefined, else replaces that version; answers the new version. */
  write(lease: Lease, version: string | undefined): Promise<{ written: true; version: string } | { written: false }>;
  /**
   * Replaces each lease that is still at its version and leaves the others alone, in as few transactions as the store can.
   * Used to give back many leases at once.
   */
  writeAll(leases: readonly Versioned<Lease>[]): Promise<void>;
}
