import { PolicyBinding, type BindingRecord } from '../../../src/contracts/policy-binding.ts';

/** A binding as a person writes it, with defaults. */
export function binding(changes: Record<string, unknown> = {}): PolicyBinding {
  return PolicyBinding.parse({ source: { lastRollout: true }, mode: 'correct', every: '15m', ...changes });
}

/** A stored binding that has done nothing yet. */
export function bindingRecord(changes: Partial<BindingRecord> = {}): BindingRecord {
  return {
    schema: 1,
    name: 'keep',
    id: '01J00000000000000000000000',
    createdAt: 0,
    binding: binding(),
    measures: [],
    changes: [],
    ...changes,
  };
}
