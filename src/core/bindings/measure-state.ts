import type { BindingRecord, Measure } from '../../contracts/policy-binding.ts';

/** Measures that one write may forget: with those that it adds they are under the 100 rows of a transaction. */
const FORGOTTEN_PER_WRITE_MAX = 70;

/** True until it is known how it ended. */
export function isOpen({ state }: Pick<Measure, 'state'>): boolean {
  return state === 'Planned' || state === 'Running';
}

/** True for what was, or may have been, done to its clusters. */
export function countsAsCorrection({ state }: Pick<Measure, 'state'>): boolean {
  return state !== 'Refused' && state !== 'Dropped';
}

/** The oldest measures that nothing counts any more: over, and older than the period of the anti-flap. */
export function forgettable({ measures, binding }: Pick<BindingRecord, 'measures' | 'binding'>, now: number): string[] {
  return measures
    .filter((measure) => !isOpen(measure) && measure.at < now - binding.limits.per * 1000)
    .slice(0, FORGOTTEN_PER_WRITE_MAX)
    .map(({ id }) => id);
}
