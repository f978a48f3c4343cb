import type { DefinitionRecord } from '../../contracts/definition.ts';
import type { Deps } from '../deps.ts';
import type { Versioned } from '../../ports/versioned.ts';

/** Definitions, and repositories, remembered at once. Ours: each takes some kilobytes, and those that push most are the ones that matter. */
const REMEMBERED_MAX = 200;
/** How long the followers of a repository are remembered. Ours: a definition that another process makes notices pushes that much later. */
const FOLLOWERS_KEPT_MS = 1000;

interface Followers {
  readonly names: readonly string[];
  readonly until: number;
}

/** What this process wrote last of some definitions, and read of who follows what. Anybody may have written them since: their versions tell. */
export class RecentDefinitions {
  readonly #definitions = new Map<string, Versioned<DefinitionRecord>>();
  readonly #followers = new Map<string, Followers>();

  /** Hands out what is remembered, which is forgotten then: it may turn out to be outdated. */
  take(name: string): Versioned<DefinitionRecord> | undefined {
    const found = this.#definitions.get(name);
    this.#definitions.delete(name);
    return found;
  }

  remember(definition: Versioned<DefinitionRecord>): void {
    keep(this.#definitions, definition.value.name, definition);
  }

  /** Names of the definitions that follow a repository, read once a second at most. */
  async followers(
    { definitions, clock }: Pick<Deps, 'definitions' | 'clock'>,
    repository: string,
  ): Promise<readonly string[]> {
    const known = this.#followers.get(repository);
    if (known !== undefined && clock.now() < known.until) return known.names;
    const until = clock.now() + FOLLOWERS_KEPT_MS;
    const names = await definitions.followers(repository);
    keep(this.#followers, repository, { names, until });
    return names;
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED_MAX && oldest !== undefined) map.delete(oldest);
}
