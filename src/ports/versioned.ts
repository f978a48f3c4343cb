/** A stored value with the version it was read at: writing it back succeeds only while that version is the newest. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: string;
}
