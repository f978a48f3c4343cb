import type { Deps } from '../../../src/app/deps.ts';
import type { Stores } from '../world/sim-deps.ts';
import type { UseCases } from '../world/use-cases.ts';

/** A defect planted from outside: the application is not touched, only what it is wired to. */
export interface Bug {
  readonly name: string;
  /** The oracle it is planted for: that one alone has to catch it. */
  readonly caughtBy: string;
  readonly deps?: (deps: Deps, stores: Stores) => Deps;
  readonly useCases?: (app: UseCases) => UseCases;
}
