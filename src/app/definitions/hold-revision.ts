import type { Actor } from '../../contracts/actor.ts';
import type { DefinitionRecord, Hold } from '../../contracts/definition.ts';
import { Refusal } from '../../contracts/errors.ts';
import { DEFINITION_HOLDS_MAX } from '../../contracts/limits.ts';
import { Commit } from '../../contracts/push.ts';
import type { Deps } from '../deps.ts';
import { changeDefinition, unknownDefinition } from './change-definition.ts';
import { wakeDefinition } from './wake-definition.ts';

/**
 * `PUT /api/definitions/{name}/holds/{revision}`: a revision that must not start. It may be one that nobody has pushed yet; a rollout
 * of it that is at work already goes on.
 *
 * @throws Refusal 400 (no full commit), 404, 409 (too many), Transient.
 */
export async function holdRevision(
  deps: Deps,
  { name, revision, reason, actor }: Pick<Hold, 'revision' | 'reason'> & { name: string; actor: Actor },
): Promise<{ readonly hold: Hold; readonly created: boolean }> {
  const { error } = Commit.safeParse(revision);
  if (error !== undefined) throw invalidRevision(error.issues[0]?.message ?? 'is not valid');
  const at = deps.clock.now();
  const hold: Hold = { revision, reason, by: actor, at };
  const changed = await changeDefinition(deps, name, (record) => {
    const others = record.holds.filter((one) => one.revision !== revision);
    if (others.length >= DEFINITION_HOLDS_MAX) throw tooMany(record);
    const created = others.length === record.holds.length;
    return { record: { ...record, holds: [...others, hold] }, decisions: [], created };
  });
  if (changed === undefined) throw unknownDefinition(name);
  deps.log.info('revision put on hold', { definition: name, revision, reason, actor: actor.name });
  await wakeDefinition(deps, name, at);
  return { hold, created: changed.created };
}

/**
 * `DELETE /api/definitions/{name}/holds/{revision}`: when the revision is the next one, it starts.
 *
 * @throws Refusal 404 (no such definition, or not on hold), Transient.
 */
export async function liftHold(deps: Deps, name: string, revision: string, actor: Actor): Promise<void> {
  const changed = await changeDefinition(deps, name, (record) => {
    const holds = record.holds.filter((one) => one.revision !== revision);
    if (holds.length < record.holds.length) return { record: { ...record, holds }, decisions: [] };
    throw new Refusal(404, 'HoldNotFound', `Revision ${revision.slice(0, 80)} is not on hold in definition ${name}.`);
  });
  if (changed === undefined) throw unknownDefinition(name);
  deps.log.info('hold lifted', { definition: name, revision, actor: actor.name });
  await wakeDefinition(deps, name, deps.clock.now());
}

function invalidRevision(detail: string): Refusal {
  return new Refusal(400, 'InvalidRevision', `revision ${detail}`, [
    { field: 'revision', code: 'InvalidRevision', detail },
  ]);
}

function tooMany({ name, holds }: DefinitionRecord): Refusal {
  const detail = `Definition ${name} holds ${holds.length} revisions back already, which is the most. Lift some that nobody will push again.`;
  return new Refusal(409, 'TooManyHolds', detail);
}
