import type { DefinitionRecord } from '../../contracts/definition.ts';
import { nextStep, type DefinitionStep } from '../../core/definition/next-step.ts';
import type { Deps } from '../deps.ts';
import { supersedeRollout } from '../supersede-rollout.ts';
import { contended, writeDefinition } from './change-definition.ts';
import { submitRevision } from './submit-revision.ts';
import { wakeDefinition } from './wake-definition.ts';

/** Steps that one call takes at the most, lost writes included: seeing an end, starting, and seeing that it has started are three. */
const STEPS_MAX = 12;

/**
 * Takes a definition as far as it goes now: load → decide → write → effect, until a step has nothing left to do. Level-triggered and
 * repeatable at every point: what is running is written, with its id, before it is submitted.
 *
 * @throws Transient when a store does not answer or is contended: the message is delivered again.
 */
export async function advanceDefinition(deps: Deps, name: string): Promise<void> {
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const stored = await deps.definitions.read(name);
    if (stored === undefined) return;
    const current = stored.value.running ?? stored.value.pending;
    const rollout = current && (await deps.store.header(current.rolloutId))?.value;
    const step = nextStep(withoutFault(stored.value), rollout, { now: deps.clock.now(), ids: deps.ids });
    const isChanged = step.record !== stored.value;
    if (isChanged && !(await writeDefinition(deps, step, stored.version))) continue;
    report(deps, name, step);
    if (step.effect.kind === 'submit') {
      await submitRevision(deps, step.record, step.effect.running);
      continue;
    }
    if (step.effect.kind === 'supersede') await supersedeRollout(deps, step.effect.rolloutId, step.effect.by);
    // As long as nothing changes, the wake-up that was sent with the reason is still to come (law 13).
    if (isChanged && step.nextCheckAt !== undefined) await wakeDefinition(deps, name, step.nextCheckAt);
    return;
  }
  throw contended(name);
}

/** Somebody looks at it again: what failed before is forgotten when that goes well. */
function withoutFault(record: DefinitionRecord): DefinitionRecord {
  if (record.fault === undefined) return record;
  const { fault: _, ...rest } = record;
  return rest;
}

function report({ log }: Deps, name: string, { decisions }: DefinitionStep): void {
  for (const { code, detail, commit, rolloutId } of decisions) {
    log.info('definition decided', { definition: name, code, detail, commit, rolloutId });
  }
}
