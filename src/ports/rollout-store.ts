import type { DeferredRow, LiveRow, OriginalRow, ResultRow, Target } from '../contracts/cluster-rows.ts';
import type { Command } from '../contracts/command.ts';
import type { EventRow } from '../contracts/event.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import type { Rollout } from '../contracts/rollout-state.ts';
import type { Versioned } from './versioned.ts';

/** What the engine reads at once: one range read of the rollout's partition. */
export interface LoadedRollout {
  readonly rollout: Versioned<Rollout>;
  /** In the order they were given. */
  readonly commands: readonly Command[];
  readonly live: readonly Versioned<LiveRow>[];
}

/** A rollout with everything that is frozen in it. `targets` are ordered by ordinal, from 0, without gaps. */
export interface NewRollout {
  readonly rollout: Rollout;
  readonly request: RolloutRequest;
  readonly targets: readonly Target[];
  readonly event: EventRow;
}

/**
 * One commit (law 2): all of it or nothing, and nothing unless `rollout`, and each live and result row in it, are still at
 * the version they were read at. At most 100 rows in all.
 */
export interface Step {
  readonly rollout: Versioned<Rollout>;
  readonly insertLive: readonly LiveRow[];
  readonly updateLive: readonly Versioned<LiveRow>[];
  readonly deleteLive: readonly Versioned<LiveRow>[];
  readonly insertResults: readonly ResultRow[];
  readonly updateResults: readonly Versioned<ResultRow>[];
  readonly insertDeferred: readonly DeferredRow[];
  /** Ordinals; a row that is gone already is a conflict. */
  readonly deleteDeferred: readonly number[];
  /** Ids of consumed commands; one that is gone already is a conflict. */
  readonly deleteCommands: readonly string[];
  readonly event: EventRow | undefined;
}

/** An ordinal range, both ends included. */
export interface OrdinalRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Durable state of rollouts. Every method may throw `Transient`; a write that threw may have happened (law 12), so callers
 * read again before they decide. What is read may be frozen: change a copy.
 */
export interface RolloutStore {
  /** Writes the frozen parts, then the header: the rollout exists once the header does. `exists` changes nothing. */
  create(rollout: NewRollout): Promise<'created' | 'exists'>;
  load(rolloutId: string): Promise<LoadedRollout | undefined>;
  header(rolloutId: string): Promise<Versioned<Rollout> | undefined>;
  /** The frozen request. Throws when the rollout is unknown: a bug, since ids come from stored rows. */
  request(rolloutId: string): Promise<RolloutRequest>;
  /** Frozen targets in ordinal order; the range may reach past the end. Throws like `request`. */
  targets(rolloutId: string, range: OrdinalRange): Promise<Target[]>;
  /** Throws on a step that could never be committed: more than 100 rows, or one row twice. */
  commit(step: Step): Promise<'committed' | 'conflict'>;

  liveRow(rolloutId: string, ordinal: number): Promise<Versioned<LiveRow> | undefined>;
  /** Live rows in ordinal order. */
  liveRows(rolloutId: string, range: OrdinalRange): Promise<LiveRow[]>;
  /** Replaces one live row if it is still at its version; with `original`, records that in the same transaction (kept when there is one already). */
  saveLive(
    rolloutId: string,
    row: Versioned<LiveRow>,
    original?: OriginalRow,
  ): Promise<{ saved: true; version: string } | { saved: false }>;
  /** What was there before an action first wrote to a cluster. */
  original(rolloutId: string, ordinal: number, action: number): Promise<OriginalRow | undefined>;

  /** Stores a command of a rollout that exists; a second one with the same id changes nothing. */
  addCommand(rolloutId: string, command: Command): Promise<void>;
  /** Result rows in ordinal order. */
  results(rolloutId: string, range: OrdinalRange): Promise<Versioned<ResultRow>[]>;
  /** Deferred rows in ordinal order, at most `limit`. */
  deferred(rolloutId: string, range: OrdinalRange, limit: number): Promise<DeferredRow[]>;
  /** Event rows with a sequence greater than `after`, oldest first, at most `limit`. */
  events(rolloutId: string, after: number, limit: number): Promise<EventRow[]>;
}
