import type { Decision, DefinitionRecord, DefinitionVersion } from '../../contracts/definition.ts';
import { Refusal, Transient } from '../../contracts/errors.ts';
import type { Deps } from '../deps.ts';
import type { RecentDefinitions } from './recent-definitions.ts';

/** Handlers of one host work on up to 32 messages at once (`host.json`), and all of them may be about one definition. */
const TRIES_MAX = 40;

/** What a definition becomes, with what was decided on the way. */
export interface DefinitionChange {
  readonly record: DefinitionRecord;
  readonly decisions: readonly Decision[];
  readonly addVersion?: DefinitionVersion;
}

/**
 * Changes a stored definition, again and again until nobody was faster. `change` answers undefined for "nothing to change", and may
 * throw a `Refusal`; it is called anew for each try.
 *
 * @param recent spares the read when this process was the last to write it.
 * @returns what `change` answered last; undefined when there is no such definition, or there was nothing to change.
 * @throws Transient when too many change it at once.
 */
export async function changeDefinition<T extends DefinitionChange>(
  deps: Deps,
  name: string,
  change: (record: DefinitionRecord) => T | undefined,
  recent?: RecentDefinitions,
): Promise<T | undefined> {
  const remembered = recent?.take(name);
  // What is remembered may be outdated: it counts only when it is still what a write replaces.
  const first = remembered && change(remembered.value);
  if (first !== undefined && (await writeChange(deps, first, remembered?.version, recent))) return first;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const stored = await deps.definitions.read(name);
    const changed = stored && change(stored.value);
    if (stored === undefined || changed === undefined) return undefined;
    if (await writeChange(deps, changed, stored.version, recent)) return changed;
  }
  throw contended(name);
}

async function writeChange(
  { definitions }: Deps,
  { record, decisions, addVersion }: DefinitionChange,
  version: string | undefined,
  recent: RecentDefinitions | undefined,
): Promise<boolean> {
  const write = { record, version, addDecisions: decisions, ...(addVersion !== undefined && { addVersion }) };
  const written = await definitions.write(write);
  if (written !== undefined) recent?.remember({ value: record, version: written });
  return written !== undefined;
}

/** Writes one change; false when the record is not at `version` any more. */
export function writeDefinition(deps: Deps, change: DefinitionChange, version: string | undefined): Promise<boolean> {
  return writeChange(deps, change, version, undefined);
}

export function contended(name: string): Transient {
  return new Transient('DefinitionContended', `Definition ${name} is being changed by many at once.`, 1000);
}

export function unknownDefinition(name: string): Refusal {
  const detail = `There is no definition '${name.slice(0, 63)}'. GET /api/definitions lists them.`;
  return new Refusal(404, 'DefinitionNotFound', detail);
}
