import type { Actor } from '../../contracts/actor.ts';
import { DefinitionName, type Definition, type DefinitionRecord } from '../../contracts/definition.ts';
import { Refusal } from '../../contracts/errors.ts';
import { DEFINITION_BYTES_MAX, DEFINITIONS_MAX } from '../../contracts/limits.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { findDefinitionProblems } from '../../core/definition/problems.ts';
import { refollow } from '../../core/definition/refollow.ts';
import type { Deps } from '../deps.ts';
import { parseBody } from '../parse-request.ts';
import { contended, writeDefinition, type DefinitionChange } from './change-definition.ts';
import { wakeDefinition } from './wake-definition.ts';

/** What a caller wants of a definition. */
export interface PutDefinition {
  readonly name: string;
  readonly definition: Definition;
  readonly actor: Actor;
}

/** What a request to store a definition came to. */
export interface StoredDefinition {
  readonly record: DefinitionRecord;
  readonly outcome: 'created' | 'changed' | 'unchanged';
}

/** Tries to write a change over what others write meanwhile. */
const TRIES_MAX = 8;

/**
 * Creates a definition, or makes a new version of it when something changes. A rollout at work goes on as it was planned; what waits
 * starts as the new version has it, unless that follows something else.
 *
 * @throws Refusal 400 (name, repository, range, nothing to pin), 409 (too many), 413; Transient.
 */
export async function putDefinition(deps: Deps, put: PutDefinition): Promise<StoredDefinition> {
  const { name, definition, actor } = put;
  parseBody(DefinitionName, name, 'InvalidDefinitionName');
  refuseUnfit(definition);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const stored = await deps.definitions.read(name);
    const old = stored?.value;
    if (old === undefined) await refuseTooMany(deps);
    else if (canonicalJson(old.definition) === canonicalJson(definition)) return { record: old, outcome: 'unchanged' };
    const change = nextVersion(deps, put, old);
    if (!(await writeDefinition(deps, change, stored?.version))) continue;
    const { record } = change;
    deps.log.info('definition stored', { definition: name, version: record.version, actor: actor.name });
    if (record.pending !== undefined) await wakeDefinition(deps, name, record.changedAt);
    return { record, outcome: old === undefined ? 'created' : 'changed' };
  }
  throw contended(name);
}

function nextVersion(
  { clock, ids }: Deps,
  { name, definition, actor }: PutDefinition,
  old: DefinitionRecord | undefined,
): DefinitionChange {
  const now = clock.now();
  const repository = normaliseRepository(definition.follows.repository)?.key ?? '';
  const version = (old?.version ?? 0) + 1;
  const changed = { version, changedAt: now, changedBy: actor, definition, repository };
  const { record, decisions } =
    old === undefined
      ? { record: { schema: 1, name, id: ids.next(), createdAt: now, ...NEW, ...changed } as const, decisions: [] }
      : refollow(old, changed, { now, ids });
  return { record, decisions, addVersion: { schema: 1, version, at: now, by: actor, definition } };
}

const NEW = { holds: [], refs: [], generation: 0 };

function refuseUnfit(definition: Definition): void {
  const bytes = new TextEncoder().encode(JSON.stringify(definition)).length;
  if (bytes > DEFINITION_BYTES_MAX) {
    const detail = `The definition has ${bytes} bytes with its defaults; at most ${DEFINITION_BYTES_MAX} are stored. Split it into several.`;
    throw new Refusal(413, 'DefinitionTooLarge', detail);
  }
  const problems = findDefinitionProblems(definition);
  const [first] = problems;
  if (first !== undefined) throw new Refusal(400, first.code, `${first.field}: ${first.detail}`, problems);
}

async function refuseTooMany({ definitions }: Deps): Promise<void> {
  const { length } = await definitions.list();
  if (length < DEFINITIONS_MAX) return;
  const detail = `There are ${length} definitions already; an installation has at most ${DEFINITIONS_MAX}.`;
  throw new Refusal(409, 'TooManyDefinitions', detail);
}
