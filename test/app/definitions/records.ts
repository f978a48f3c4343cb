import { Definition, type DefinitionRecord } from '../../../src/contracts/definition.ts';
import { request } from '../../core/clusters.ts';
import { record, REPOSITORY } from '../../core/definition/support.ts';

export { REPOSITORY };

/** The repository that the configurations of tests come from, as people write it. */
export const URL = 'https://git.example/shop';

/** A definition as a person writes it, with defaults: follows `main` with the tests' own rollout request. */
export function definition(changes: Record<string, unknown> = {}): Definition {
  const { name: _name, ...rollout } = request();
  return Definition.parse({ follows: { repository: URL, branch: 'main' }, rollout, ...changes });
}

/** A stored definition that nothing has happened to yet. */
export function definitionRecord(changes: Partial<DefinitionRecord> = {}): DefinitionRecord {
  const unborn = { id: '01J00000000000000000000000', createdAt: 0, changedAt: 0 };
  return record({ ...unborn, definition: definition(), ...changes });
}
