import type { DefinitionRecord } from '../../contracts/definition.ts';
import type { Versioned } from '../../ports/versioned.ts';

/** Definitions remembered at once. Ours: each takes some kilobytes, and those that push most are the ones that matter. */
const REMEMBERED_MAX = 200;

/** What this process wrote last of some definitions. Anybody may have written them since: their versions tell. */
export class RecentDefinitions {
  readonly #definitions = new Map<string, Versioned<DefinitionRecord>>();

  /** Hands out what is remembered, which is forgotten then: it may turn out to be outdated. */
  take(name: string): Versioned<DefinitionRecord> | undefined {
    const found = this.#definitions.get(name);
    this.#definitions.delete(name);
    return found;
  }

  remember(definition: Versioned<DefinitionRecord>): void {
    this.#definitions.set(definition.value.name, definition);
    const [oldest] = this.#definitions.keys();
    if (this.#definitions.size > REMEMBERED_MAX && oldest !== undefined) this.#definitions.delete(oldest);
  }
}
