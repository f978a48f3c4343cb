import { Transient } from '../../contracts/errors.ts';
import type { Actor } from '../../contracts/actor.ts';
import { BINDING_CHANGES_KEPT_MAX } from '../../contracts/limits.ts';
import type { BindingChange, BindingRecord, Measure } from '../../contracts/policy-binding.ts';
import type { Deps } from '../deps.ts';

const TRIES_MAX = 8;

/**
 * Changes a stored binding, again and again until nobody was faster. `change` answers undefined for "nothing to change".
 *
 * @returns the binding as it is now; undefined when there is none, or there was nothing to change.
 */
export async function changeBinding(
  { bindings }: Deps,
  name: string,
  change: (record: BindingRecord) => BindingRecord | undefined,
): Promise<BindingRecord | undefined> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const stored = await bindings.read(name);
    const record = stored && change(stored.value);
    if (stored === undefined || record === undefined) return undefined;
    const { version } = stored;
    if ((await bindings.write({ record, version, addClusters: [], dropClusters: [] })) !== undefined) return record;
  }
  throw contended(name);
}

export function contended(name: string): Transient {
  return new Transient('BindingContended', `Binding ${name} is being changed by many at once.`, 1000);
}

/** What a measure has become. */
export type MeasurePatch = Partial<Measure> & Pick<Measure, 'state'>;

/** Puts what measures have become into a record; those that are not there any more are left out. */
export function withMeasures(record: BindingRecord, patches: ReadonlyMap<string, MeasurePatch>): BindingRecord {
  const measures = record.measures.map((measure) => merge(measure, patches.get(measure.id)));
  return { ...record, measures };
}

function merge<T extends Measure>(measure: T, patch: MeasurePatch | undefined): T {
  return patch === undefined ? measure : { ...measure, ...patch, kind: measure.kind };
}

/** Adds a line to the list of who did what. */
export function withChange(
  record: BindingRecord,
  at: number,
  actor: Actor,
  what: BindingChange['what'],
  reason?: string,
): BindingRecord {
  const change = { at, actor, what, ...(reason !== undefined && { reason }) };
  return { ...record, changes: [...record.changes, change].slice(-BINDING_CHANGES_KEPT_MAX) };
}
