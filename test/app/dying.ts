import type { Deps } from '../../src/app/deps.ts';

const IMMORTAL = new Set<string>(['clock', 'ids', 'digest', 'log', 'subscriptions']);

/**
 * Counts the calls of ports, and the pages of what they answer, and dies at one of them: at an even `fatal` before it takes effect, at an odd
 * one after.
 */
export class Dying {
  readonly deps: Deps;
  /** Calls so far, of whichever port. */
  calls = 0;
  readonly #fatal: number;

  constructor(deps: Deps, fatal: number) {
    this.#fatal = fatal;
    const ports = Object.entries(deps).map(([name, port]: [string, unknown]) => {
      return [name, IMMORTAL.has(name) || typeof port !== 'object' || port === null ? port : this.#watch(port)];
    });
    this.deps = Object.fromEntries(ports) as Deps;
  }

  #watch<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (real, key) => {
        const value: unknown = Reflect.get(real, key);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const isFatal = this.calls++ === Math.floor(this.#fatal / 2);
          if (isFatal && this.#fatal % 2 === 0) throw new Error('killed');
          const answer: unknown = value.apply(real, given);
          if (!isFatal) return isPaged(answer) ? this.#pages(answer) : answer;
          if (answer instanceof Promise) return answer.then(() => Promise.reject(new Error('killed')));
          throw new Error('killed');
        };
      },
    });
  }

  async *#pages(pages: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const page of pages) {
      if (this.calls++ === Math.floor(this.#fatal / 2)) throw new Error('killed');
      yield page;
    }
  }
}

function isPaged(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

/** Runs `work` with ports that die at every call in turn, in a world of its own each time; answers how many there were. */
export async function dieEverywhere<W extends { readonly deps: Deps }>(
  open: () => Promise<W>,
  work: (world: W, deps: Deps) => Promise<unknown>,
  after: (world: W, fatal: number) => Promise<void>,
): Promise<number> {
  for (let fatal = 0; ; fatal++) {
    const world = await open();
    const dying = new Dying(world.deps, fatal);
    const killed = await work(world, dying.deps).then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
        return true;
      },
    );
    await after(world, fatal);
    if (!killed) return dying.calls;
  }
}
