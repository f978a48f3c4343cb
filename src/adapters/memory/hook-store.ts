import type { HookRecord, HookStore } from '../../ports/hook-store.ts';
import type { FrozenCopy } from './frozen-copy.ts';

/** Hooks in memory. */
export class MemoryHookStore implements HookStore {
  readonly #copy: FrozenCopy;
  readonly #hooks = new Map<string, HookRecord>();

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  async list(): Promise<readonly HookRecord[]> {
    return [...this.#hooks.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async read(name: string): Promise<HookRecord | undefined> {
    return this.#hooks.get(name);
  }

  async write(record: HookRecord): Promise<'created' | 'replaced'> {
    const answer = this.#hooks.has(record.name) ? 'replaced' : 'created';
    this.#hooks.set(record.name, this.#copy(record));
    return answer;
  }

  async remove(name: string): Promise<'removed' | 'absent'> {
    return this.#hooks.delete(name) ? 'removed' : 'absent';
  }
}
