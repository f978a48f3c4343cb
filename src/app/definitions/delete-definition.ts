import type { Actor } from '../../contracts/actor.ts';
import type { DefinitionRecord } from '../../contracts/definition.ts';
import type { Deps } from '../deps.ts';
import { contended, unknownDefinition } from './change-definition.ts';

/** Tries to remove a definition at the version it was read at. */
const TRIES_MAX = 8;

/**
 * `DELETE /api/definitions/{name}`, with its history. A rollout that it has started is a rollout like any other and goes on; a revision
 * that waits is not started any more.
 *
 * @returns what was there.
 * @throws Refusal 404, Transient.
 */
export async function deleteDefinition(deps: Deps, name: string, actor: Actor): Promise<DefinitionRecord> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const stored = await deps.definitions.read(name);
    if (stored === undefined) throw unknownDefinition(name);
    if ((await deps.definitions.remove(name, stored.version)) === 'conflict') continue;
    deps.log.info('definition deleted', { definition: name, actor: actor.name });
    return stored.value;
  }
  throw contended(name);
}
