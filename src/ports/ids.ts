/** New identifiers. */
export interface Ids {
  /** 26 characters that sort by creation time (a ULID): a later id of one process is always greater. */
  next(): string;
}
