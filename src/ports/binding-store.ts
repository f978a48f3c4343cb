import type { BindingRecord } from '../contracts/policy-binding.ts';
import type { Versioned } from './versioned.ts';

/** One write: the record with the lists of clusters that its measures came with or leave. All of it or nothing; at most 100 rows. */
export interface BindingWrite {
  readonly record: BindingRecord;
  /** What it was read at; undefined inserts. */
  readonly version: string | undefined;
  readonly addClusters: readonly { readonly measureId: string; readonly clusterIds: readonly string[] }[];
  /** Ids of measures whose lists are dropped; they must be there. */
  readonly dropClusters: readonly string[];
}

/** Policy bindings. All may throw `Transient`. */
export interface BindingStore {
  /** Every binding, in the order of names. */
  list(): Promise<readonly Versioned<BindingRecord>[]>;
  read(name: string): Promise<Versioned<BindingRecord> | undefined>;
  /** @returns the new version; undefined when the record is not at `version` any more, or is there already. */
  write(write: BindingWrite): Promise<string | undefined>;
  /** The clusters of a measure; none when there is no such list. */
  clusters(name: string, measureId: string): Promise<readonly string[]>;
  /** Removes a binding that is at this version, with all of its lists. */
  remove(name: string, version: string): Promise<'removed' | 'conflict'>;
}
