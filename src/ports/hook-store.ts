import type { Hook } from '../contracts/webhook.ts';
import type { Actor } from '../contracts/actor.ts';

/** A hook as it is stored. Times are milliseconds since the epoch. */
export interface HookRecord {
  readonly schema: 1;
  readonly name: string;
  readonly hook: Hook;
  readonly changedAt: number;
  readonly changedBy: Actor;
}

/** Hooks by name: the last write counts. All may throw `Transient`. */
export interface HookStore {
  /** In the order of names. */
  list(): Promise<readonly HookRecord[]>;
  read(name: string): Promise<HookRecord | undefined>;
  write(record: HookRecord): Promise<'created' | 'replaced'>;
  remove(name: string): Promise<'removed' | 'absent'>;
}
