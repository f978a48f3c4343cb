import type { BindingRecord } from '../../contracts/policy-binding.ts';
import type { BindingStore, BindingWrite } from '../../ports/binding-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { FrozenCopy } from './frozen-copy.ts';
import { VersionedMap } from './versioned-map.ts';

/** Policy bindings in memory. */
export class MemoryBindingStore implements BindingStore {
  readonly #copy: FrozenCopy;
  readonly #records: VersionedMap<string, BindingRecord>;
  /** By name, then by measure. */
  readonly #clusters = new Map<string, Map<string, readonly string[]>>();

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
    this.#records = new VersionedMap(copy);
  }

  async list(): Promise<readonly Versioned<BindingRecord>[]> {
    return [...this.#records.values()].sort((one, other) => (one.value.name < other.value.name ? -1 : 1));
  }

  async read(name: string): Promise<Versioned<BindingRecord> | undefined> {
    return this.#records.get(name);
  }

  async write({ record, version, addClusters, dropClusters }: BindingWrite): Promise<string | undefined> {
    const lists = this.#clusters.get(record.name) ?? new Map<string, readonly string[]>();
    const fits =
      addClusters.every(({ measureId }) => !lists.has(measureId)) && dropClusters.every((id) => lists.has(id));
    const written = fits ? this.#records.setIf(record.name, record, version) : undefined;
    if (written === undefined) return undefined;
    for (const { measureId, clusterIds } of addClusters) lists.set(measureId, this.#copy(clusterIds));
    for (const id of dropClusters) lists.delete(id);
    this.#clusters.set(record.name, lists);
    return written;
  }

  async clusters(name: string, measureId: string): Promise<readonly string[]> {
    return this.#clusters.get(name)?.get(measureId) ?? [];
  }

  async remove(name: string, version: string): Promise<'removed' | 'conflict'> {
    if (!this.#records.isAt(name, version)) return 'conflict';
    this.#records.delete(name);
    this.#clusters.delete(name);
    return 'removed';
  }
}
