/** Which secrets one (cluster, subject) was last given: a keyed hash, from which no value can be told. */
export interface SentSecrets {
  readonly clusterId: string;
  /** Name of the configuration, or `EXTENSION_SUBJECT`. */
  readonly subject: string;
  readonly hash: string;
  /** Server time of the write that carried them. */
  readonly sentAt: number;
}

/**
 * What was sent, so that a rotated secret is seen although Azure never returns one. Losing a row costs one write more. Cluster
 * ids are compared without case. Both may throw `Transient`.
 */
export interface SentSecretsStore {
  read(clusterId: string, subject: string): Promise<SentSecrets | undefined>;
  /** Inserts or replaces. */
  write(sent: SentSecrets): Promise<void>;
}
