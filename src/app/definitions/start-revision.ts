import { labelOf, type Actor } from '../../contracts/actor.ts';
import type { DefinitionRecord, Revision, StartRequest } from '../../contracts/definition.ts';
import { Refusal } from '../../contracts/errors.ts';
import type { Commit, Ref } from '../../contracts/push.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import { isGlob } from '../../core/fleet/glob.ts';
import { holdOf } from '../../core/definition/pending.ts';
import { startNow } from '../../core/definition/start-now.ts';
import type { Deps } from '../deps.ts';
import { changeDefinition, unknownDefinition } from './change-definition.ts';
import { wakeDefinition } from './wake-definition.ts';

/**
 * `POST /api/definitions/{name}/start`: rolls out the revision that the definition is at, or a given commit of its repository, once
 * more or for the first time. It waits for a rollout at work as a push would, and takes the place of a revision that waits already.
 *
 * @throws Refusal 400 (no revision of that repository), 404, 409 (on hold, nothing known to start, ignored while running); Transient.
 */
export async function startRevision(
  deps: Deps,
  { name, actor, revision, reason }: StartRequest & { readonly name: string; readonly actor: Actor },
): Promise<DefinitionRecord> {
  const now = deps.clock.now();
  const changed = await changeDefinition(deps, name, (record) => {
    const wanted = revision === undefined ? presentRevision(record) : givenRevision(record, revision, now);
    refuseStart(record, wanted);
    return startNow(record, wanted, { actor, reason }, { now, ids: deps.ids });
  });
  if (changed === undefined) throw unknownDefinition(name);
  const { record } = changed;
  deps.log.info('revision started', { definition: name, revision: record.pending?.revision.commit, actor: actor.name });
  await wakeDefinition(deps, name, now);
  return record;
}

function presentRevision({ name, target }: DefinitionRecord): Revision {
  if (target !== undefined) return target;
  const detail = `Definition ${name} knows of no revision yet. Push to what it follows, or name a revision.`;
  throw new Refusal(409, 'NothingToStart', detail);
}

function givenRevision(record: DefinitionRecord, commit: Commit, at: number): Revision {
  const { definition, repository } = record;
  const source = normaliseRepository(definition.follows.repository)?.source ?? 'git';
  if (commit.startsWith('sha256:') !== (source === 'oci')) {
    const detail = source === 'oci' ? 'must be the sha256: digest of an artifact' : 'must be the full SHA of a commit';
    throw new Refusal(400, 'InvalidRevision', `revision ${detail}`, [
      { field: 'revision', code: 'InvalidRevision', detail },
    ]);
  }
  return { source, repository, ref: refOf(record, commit), commit, at };
}

/** The ref that the commit was seen on; of one that was never seen, the ref that the definition is at or names. */
function refOf({ name, refs, target, definition }: DefinitionRecord, commit: Commit): Ref {
  const seen = refs.findLast(({ edges }) => edges.some(({ after }) => after === commit));
  const known = seen?.ref ?? target?.ref;
  if (known !== undefined) return known;
  const { branch } = definition.follows;
  if (branch !== undefined && !isGlob(branch)) return { kind: 'branch', name: branch };
  const detail = `Definition ${name} has not seen ${commit} on any ref that it follows, nor any other revision. Push to one first.`;
  throw new Refusal(409, 'NothingToStart', detail);
}

function refuseStart(record: DefinitionRecord, revision: Revision): void {
  const { name, running, definition } = record;
  const hold = holdOf(record, revision);
  if (hold !== undefined) {
    const detail = `${revision.commit} is held by ${labelOf(hold.by)}: ${hold.reason}. Lift the hold first (DELETE /api/definitions/${name}/holds/${revision.commit}).`;
    throw new Refusal(409, 'RevisionHeld', detail);
  }
  if (running !== undefined && definition.onNewRevision === 'ignoreWhileRunning') {
    const detail = `Rollout ${running.rolloutId} is at work, and definition ${name} ignores what comes meanwhile. Wait for its end, or cancel it.`;
    throw new Refusal(409, 'RolloutAtWork', detail);
  }
}
