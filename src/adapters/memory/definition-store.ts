import { decodeTime } from 'ulid';
import type { Decision, DefinitionRecord, DefinitionVersion } from '../../contracts/definition.ts';
import { DEFINITION_VERSIONS_KEPT_MAX } from '../../contracts/limits.ts';
import type { DefinitionStore, DefinitionWrite } from '../../ports/definition-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { newestFirstPage } from './newest-first.ts';
import { VersionedMap } from './versioned-map.ts';

/** Versions, the newest first, and decisions by id. */
interface History {
  versions: readonly DefinitionVersion[];
  readonly decisions: Map<string, Decision>;
}

/** Definitions in memory. */
export class MemoryDefinitionStore implements DefinitionStore {
  readonly #copy: FrozenCopy;
  readonly #records: VersionedMap<string, DefinitionRecord>;
  readonly #histories = new Map<string, History>();

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
    this.#records = new VersionedMap(copy);
  }

  async list(): Promise<readonly Versioned<DefinitionRecord>[]> {
    return [...this.#records.values()].sort((one, other) => (one.value.name < other.value.name ? -1 : 1));
  }

  async read(name: string): Promise<Versioned<DefinitionRecord> | undefined> {
    return this.#records.get(name);
  }

  async write({ record, version, addVersion, addDecisions }: DefinitionWrite): Promise<string | undefined> {
    const history = this.#histories.get(record.name) ?? { versions: [], decisions: new Map<string, Decision>() };
    const fits =
      addDecisions.every(({ id }) => !history.decisions.has(id)) &&
      history.versions.every((known) => known.version !== addVersion?.version);
    const written = fits ? this.#records.setIf(record.name, record, version) : undefined;
    if (written === undefined) return undefined;
    for (const decision of addDecisions) history.decisions.set(decision.id, this.#copy(decision));
    if (addVersion !== undefined) {
      history.versions = [this.#copy(addVersion), ...history.versions].slice(0, DEFINITION_VERSIONS_KEPT_MAX);
    }
    this.#histories.set(record.name, history);
    return written;
  }

  async followers(repository: string): Promise<readonly string[]> {
    const all = await this.list();
    return all.filter(({ value }) => value.repository === repository).map(({ value }) => value.name);
  }

  async versions(name: string): Promise<readonly DefinitionVersion[]> {
    return this.#histories.get(name)?.versions ?? [];
  }

  async decisions(
    name: string,
    page: { readonly limit: number; readonly continuation?: string },
  ): Promise<{ readonly items: readonly Decision[]; readonly continuation?: string }> {
    return newestFirstPage(this.#histories.get(name)?.decisions.values() ?? [], ({ id }) => id, page);
  }

  async dropDecisionsBefore(name: string, at: number): Promise<void> {
    const decisions = this.#histories.get(name)?.decisions;
    for (const id of decisions?.keys() ?? []) if (decodeTime(id) < at) decisions?.delete(id);
  }

  async remove(name: string, version: string): Promise<'removed' | 'conflict'> {
    if (!this.#records.isAt(name, version)) return 'conflict';
    this.#records.delete(name);
    this.#histories.delete(name);
    return 'removed';
  }
}
