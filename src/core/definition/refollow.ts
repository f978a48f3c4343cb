import type { Definition, DefinitionRecord } from '../../contracts/definition.ts';
import { normaliseRepository } from '../../contracts/repository.ts';
import { canonicalJson } from '../canonical-json.ts';
import { decision, type Decided, type DecisionContext } from './pending.ts';

/** What a new version of a definition changes in its record. */
export type NewVersion = Pick<DefinitionRecord, 'version' | 'changedAt' | 'changedBy' | 'definition' | 'repository'>;

/**
 * Puts a new version into the record of a definition. What is known of refs, and what was to start next, is of what was followed
 * before: it is kept as long as that is the same repository and the same refs. What runs, and what was held, stays.
 */
export function refollow(old: DefinitionRecord, changed: NewVersion, context: DecisionContext): Decided {
  const { follows } = changed.definition;
  // Another interval, or other credentials: the next poll finds out what they are worth.
  const { polled: _polled, ...unpolled } = old;
  const isSame = canonicalJson(old.definition.follows) === canonicalJson(follows);
  const kept: DefinitionRecord = { ...(isSame ? old : unpolled), ...changed };
  if (whatIsFollowed(old.definition) === whatIsFollowed(changed.definition)) return { record: kept, decisions: [] };
  const { target: _target, pending, webhookSeenAt: _seen, ...rest } = kept;
  const record = { ...rest, refs: [] };
  if (pending === undefined) return { record, decisions: [] };
  const { ref, commit } = pending.revision;
  const detail = `Version ${changed.version} of the definition follows something else.`;
  const replaced = decision(context, { code: 'Replaced', detail, ref, commit, generation: pending.generation });
  return { record, decisions: [replaced] };
}

function whatIsFollowed({ follows: { repository, branch, tag, semver } }: Definition): string {
  return canonicalJson({ ...normaliseRepository(repository), branch, tag, semver });
}
