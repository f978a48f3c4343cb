import { Transient } from '../../contracts/errors.ts';
import type { Deps } from '../deps.ts';
import { definitionMessage } from '../messages.ts';

/** Asks to look at a definition from `at` on. What is stored stands without it: when it cannot be sent, the timer sends another one. */
export async function wakeDefinition(deps: Deps, name: string, at: number): Promise<void> {
  try {
    await deps.bus.sendRevisions([definitionMessage(name, at)]);
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('definition is looked at later', { definition: name, code: error.code, detail: error.message });
  }
}
