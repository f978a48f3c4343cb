import type { DefinitionRecord, RunningRevision } from '../../contracts/definition.ts';
import { Refusal, Transient } from '../../contracts/errors.ts';
import { DETAIL_LENGTH_MAX } from '../../contracts/limits.ts';
import { pinRollout } from '../../core/definition/pin.ts';
import { noteBlocked, noteRefused } from '../../core/definition/submitted.ts';
import { GRAPH_POOL, nextSlotOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { submitRollout } from '../submit-rollout.ts';
import { changeDefinition } from './change-definition.ts';
import { wakeDefinition } from './wake-definition.ts';

/** Another rollout is in the way: that passes. */
const PASSING: readonly string[] = ['OverlappingRollout', 'RolloutBeingSubmitted'];

/**
 * Submits the rollout of the revision that the record says is running, under the id that was fixed for it: repeated, it is the same
 * rollout. When it is refused, the record says so.
 *
 * @throws Transient when it has to be tried again.
 */
export async function submitRevision(deps: Deps, record: DefinitionRecord, running: RunningRevision): Promise<void> {
  const { name } = record;
  const { revision, rolloutId, version, generation } = running;
  const { source, repository, ref, commit } = revision;
  await refuseWithoutRoom(deps);
  const definition = await definitionAt(deps, record, version);
  const tellsCommit = definition.commitStatus !== undefined && source === 'git';
  try {
    await submitRollout(deps, {
      request: pinRollout(definition, name, revision),
      actor: running.startedBy ?? { kind: 'system', name: `definition ${name}` },
      rolloutId,
      definition: {
        name,
        version,
        generation,
        repository,
        ref: ref.name,
        commit,
        ...(tellsCommit && { commitStatus: true }),
      },
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await noteFailure(deps, name, running, error);
  }
}

/** A plan asks Resource Graph a few questions. People get theirs at once; what starts by itself waits its turn, so that no 429 is drawn. */
async function refuseWithoutRoom(deps: Deps): Promise<void> {
  const waitMs = (await nextSlotOf(deps, GRAPH_POOL)) - deps.clock.now();
  if (waitMs <= 0) return;
  throw new Transient('ResourceGraphBusy', 'Resource Graph has no room for another plan just now.', waitMs);
}

/** What the definition was when the revision started: it may have been changed since, when the submission was cut short. */
async function definitionAt({ definitions }: Deps, { name, version, definition }: DefinitionRecord, wanted: number) {
  if (version === wanted) return definition;
  const versions = await definitions.versions(name);
  return versions.find((one) => one.version === wanted)?.definition ?? definition;
}

async function noteFailure(
  deps: Deps,
  name: string,
  { rolloutId }: RunningRevision,
  { code, message }: Refusal,
): Promise<void> {
  // Somebody else may have been here at the same time, and got it through.
  if ((await deps.store.header(rolloutId)) !== undefined) return;
  const detail = message.slice(0, DETAIL_LENGTH_MAX);
  const context = { now: deps.clock.now(), ids: deps.ids };
  const noted = await changeDefinition(deps, name, (record) => {
    if (record.running?.rolloutId !== rolloutId || record.running.submitted) return undefined;
    if (PASSING.includes(code)) return noteBlocked(record, { code, detail }, context);
    return noteRefused(record, `${code}: ${detail}`, context);
  });
  const waiting = noted?.record.pending?.waiting;
  if (waiting !== undefined) await wakeDefinition(deps, name, waiting.nextCheckAt);
  deps.log.warn('rollout of a revision was refused', { definition: name, rolloutId, code, detail });
}
