import type { Actor } from '../../contracts/actor.ts';
import { formatDuration } from '../../contracts/duration.ts';
import { Refusal } from '../../contracts/errors.ts';
import { BINDINGS_MAX } from '../../contracts/limits.ts';
import { BindingName, type BindingRecord, type PolicyBinding } from '../../contracts/policy-binding.ts';
import { findConflict, type Claimant } from '../../core/bindings/conflict.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { describeSubject } from '../../core/change/actions.ts';
import type { Versioned } from '../../ports/versioned.ts';
import type { Deps } from '../deps.ts';
import { currentFleet } from '../fleet.ts';
import { parseBody } from '../parse-request.ts';
import { contended, withChange } from './change-binding.ts';
import { selectedClusters } from './drifting.ts';
import { lastCompleteSweep } from './last-sweep.ts';
import { resolveSource } from './resolve-source.ts';

/** What a caller wants of a binding. */
export interface PutBinding {
  readonly name: string;
  readonly binding: PolicyBinding;
  readonly actor: Actor;
}

/**
 * Creates a binding, or replaces what it says: what it did lately, and a brake that is on, stay.
 *
 * @throws Refusal 400 (name, assignment, schedule), 409 (another binding has the say, too many bindings, being deleted), Transient.
 */
export async function putBinding(
  deps: Deps,
  { name, binding, actor }: PutBinding,
): Promise<{ readonly record: BindingRecord; readonly created: boolean }> {
  parseBody(BindingName, name, 'InvalidBindingName');
  await refuseFasterThanSweep(deps, binding);
  const { clusters: fleet } = await currentFleet(deps);
  const selected = [...selectedClusters({ binding }, fleet).values()];
  const resolved = await resolveSource(deps, binding, selected);
  const all = await deps.bindings.list();
  const stored = all.find(({ value }) => value.name === name);
  if (stored === undefined && all.length >= BINDINGS_MAX) throw tooMany(all.length);
  if (stored?.value.deleting === true) throw beingDeleted(name);
  const record = nextRecord(deps, { name, binding, actor }, resolved, stored);
  const others = all.filter(({ value }) => value.deleting !== true).map(({ value }) => value);
  refuseConflict(record, others, fleet);
  const written = await deps.bindings.write({
    record,
    version: stored?.version,
    addClusters: [],
    dropClusters: [],
  });
  if (written === undefined) throw contended(name);
  deps.log.info('binding stored', { binding: name, mode: binding.mode, clusters: selected.length, actor: actor.name });
  return { record, created: stored === undefined };
}

function nextRecord(
  { clock, ids }: Deps,
  { name, binding, actor }: PutBinding,
  resolved: Pick<BindingRecord, 'subjects' | 'statesOnly'>,
  stored: Versioned<BindingRecord> | undefined,
): BindingRecord {
  const now = clock.now();
  if (stored === undefined) {
    const empty = { schema: 1 as const, name, id: ids.next(), createdAt: now, measures: [], changes: [] };
    return withChange({ ...empty, binding, ...resolved }, now, actor, 'Created');
  }
  const { subjects: _subjects, statesOnly: _statesOnly, ...kept } = stored.value;
  const next = withChange({ ...kept, binding, ...resolved }, now, actor, 'Changed');
  if (canonicalJson(binding.source) === canonicalJson(stored.value.binding.source)) return next;
  // What Policy said was of another assignment.
  const { policyReport: _report, evaluations: _evaluations, ...rest } = next;
  return rest;
}

async function refuseFasterThanSweep(deps: Deps, { every }: PolicyBinding): Promise<void> {
  const sweep = await lastCompleteSweep(deps);
  const seconds = sweep === undefined ? 0 : Math.ceil((sweep.finishedAt - sweep.startedAt) / 1000);
  if (every >= seconds) return;
  const detail = `must be at least ${formatDuration(seconds)}: the last complete sweep took that long`;
  throw new Refusal(400, 'FasterThanSweep', `every ${detail}`, [{ field: 'every', code: 'FasterThanSweep', detail }]);
}

function refuseConflict(mine: Claimant, others: readonly Claimant[], fleet: Parameters<typeof findConflict>[2]): void {
  const conflict = findConflict(mine, others, fleet);
  if (conflict === undefined) return;
  const { name, mode, clusters, example, subject } = conflict;
  const what = subject === undefined ? 'everything that was rolled out' : describeSubject(subject);
  const detail = `Binding ${name} (mode ${mode}) has the say over ${what} on ${clusters} of these clusters, such as ${example}. Narrow one of the selectors, or delete that binding.`;
  throw new Refusal(409, 'BindingConflict', detail, [{ field: 'selector', code: 'BindingConflict', detail }]);
}

function tooMany(count: number): Refusal {
  const detail = `There are ${count} bindings already; an installation has at most ${BINDINGS_MAX}. One binding takes any selector.`;
  return new Refusal(409, 'TooManyBindings', detail);
}

export function beingDeleted(name: string): Refusal {
  const detail = `Binding ${name} is just being deleted: its remediation tasks are being cancelled. Send the request again in a few minutes.`;
  return new Refusal(409, 'BindingBeingDeleted', detail);
}
