import type { Snapshot } from '../../contracts/compliance.ts';
import { DETAIL_LENGTH_MAX } from '../../contracts/limits.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { DesiredState, FoundDrift } from './drift.ts';

/** What a sweep sees now, without the times that depend on what was seen before. */
export type Sight = Omit<Snapshot, 'schema' | 'drifts' | 'firstSeenAt' | 'changedAt'> & {
  readonly drifts: readonly FoundDrift[];
};

/**
 * Puts what is seen beside what was seen before.
 *
 * @returns the snapshot to write, or undefined when nothing has changed.
 */
export function nextSnapshot(before: Snapshot | undefined, sight: Sight, now: number): Snapshot | undefined {
  const drifts = sight.drifts.map((drift) => ({ ...shortened(drift), firstSeenAt: since(before, drift) ?? now }));
  const wasAbsent = before === undefined || before.state === 'Absent';
  const firstSeenAt = wasAbsent && sight.state !== 'Absent' ? now : (before?.firstSeenAt ?? now);
  const next: Snapshot = { schema: 1, ...sight, drifts, firstSeenAt, changedAt: before?.changedAt ?? now };
  if (before !== undefined && canonicalJson(next) === canonicalJson(before)) return undefined;
  return { ...next, changedAt: now };
}

/** A drift that was there before keeps its beginning; one is known by kind, layer and path. */
function since(before: Snapshot | undefined, { kind, layer, path }: FoundDrift): number | undefined {
  return before?.drifts.find((known) => known.kind === kind && known.layer === layer && known.path === path)
    ?.firstSeenAt;
}

/** A row holds 1 MiB: what is long is told by its beginning. */
export function shortened(drift: FoundDrift): FoundDrift {
  const { desired, actual } = drift;
  return {
    ...drift,
    detail: drift.detail.slice(0, DETAIL_LENGTH_MAX),
    ...(desired !== undefined && { desired: beginning(desired) }),
    ...(actual !== undefined && { actual: beginning(actual) }),
  };
}

function beginning(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text.length <= DETAIL_LENGTH_MAX ? value : `${text.slice(0, DETAIL_LENGTH_MAX)}…`;
}

/** What is not there: missed while a rollout wants it, history otherwise. */
export function absentSight(
  clusterId: string,
  subject: string,
  drifts: readonly FoundDrift[],
  desired: DesiredState | undefined,
): Sight {
  const detail = drifts[0]?.detail;
  return {
    clusterId,
    subject,
    state: 'Absent',
    drifts,
    ...(detail !== undefined && { detail }),
    ...lastRollout(desired),
  };
}

/** Which rollout last succeeded here, and in which stage. */
export function lastRollout(desired: DesiredState | undefined): Pick<Snapshot, 'rolloutId' | 'stage'> {
  if (desired === undefined) return {};
  const { rolloutId, stage } = desired;
  return { rolloutId, ...(stage !== undefined && { stage }) };
}

/** What is gone and missed by nobody: it is not counted, and shown as history only. */
export function isHistory({ state, drifts }: Pick<Snapshot, 'state' | 'drifts'>): boolean {
  return state === 'Absent' && drifts.length === 0;
}
