import type { Decision, DefinitionRecord, DefinitionVersion } from '../contracts/definition.ts';
import type { Versioned } from './versioned.ts';

/** One write: the record with what comes with it. All of it or nothing; at most 100 rows. */
export interface DefinitionWrite {
  readonly record: DefinitionRecord;
  /** What it was read at; undefined inserts. */
  readonly version: string | undefined;
  /** Kept beside the record; older ones than `DEFINITION_VERSIONS_KEPT_MAX` are dropped. */
  readonly addVersion?: DefinitionVersion;
  readonly addDecisions: readonly Decision[];
}

/** Definitions with their versions and what was decided about revisions. All may throw `Transient`. */
export interface DefinitionStore {
  /** Every definition, in the order of names. */
  list(): Promise<readonly Versioned<DefinitionRecord>[]>;
  read(name: string): Promise<Versioned<DefinitionRecord> | undefined>;
  /**
   * Writes, and keeps the list of followers in line: before the record when it begins to follow a repository.
   * @returns the new version; undefined when the record is not at `version` any more, or is there already.
   */
  write(write: DefinitionWrite): Promise<string | undefined>;
  /** Names of definitions that follow a repository, by its normalised name; may hold some that do not any more. */
  followers(repository: string): Promise<readonly string[]>;
  /** Newest first. */
  versions(name: string): Promise<readonly DefinitionVersion[]>;
  /** Newest first; `continuation` is opaque, `Refusal` 400 when it is none of ours. */
  decisions(
    name: string,
    page: { readonly limit: number; readonly continuation?: string },
  ): Promise<{ readonly items: readonly Decision[]; readonly continuation?: string }>;
  /** Drops decisions that are older. */
  dropDecisionsBefore(name: string, at: number): Promise<void>;
  /** Removes a definition that is at this version, with all that belongs to it. */
  remove(name: string, version: string): Promise<'removed' | 'conflict'>;
}
