import type { Deps } from '../../src/app/deps.ts';
import type { Stores } from './world/sim-deps.ts';
import type { UseCases } from './world/use-cases.ts';

/** A defect planted from outside: the application is not touched, only what it is wired to. */
export interface Bug {
  readonly name: string;
  /** Oracles that may catch it. */
  readonly caughtBy: readonly string[];
  readonly deps?: (deps: Deps, stores: Stores) => Deps;
  readonly useCases?: (app: UseCases) => UseCases;
}
