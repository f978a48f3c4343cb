import type { AuthorUnknown, Drift, Snapshot } from '../../contracts/compliance.ts';
import { ATTRIBUTION_SECONDS } from '../../contracts/timing.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { FoundDrift } from './drift.ts';
import { shortened, type Sight } from './snapshot.ts';

/** One entry of the activity log, as far as it matters here. */
export interface Deed {
  readonly at: number;
  readonly caller: string;
  readonly operation: string;
  readonly status: string;
}

/**
 * What somebody did through ARM to bring each kind about. The other kinds come about in the cluster or in Policy, and nobody in
 * particular is behind them.
 */
const DEEDS: Readonly<Partial<Record<Drift['kind'], 'write' | 'delete'>>> = {
  Missing: 'delete',
  ExtensionMissing: 'delete',
  Modified: 'write',
  Unmanaged: 'write',
};

/** What a sight keeps of what was found out before: the same drift, since the same rollout, has the same author. */
export function withKnownAuthors(sight: Sight, before: Snapshot | undefined): Sight {
  if (before === undefined || before.rolloutId !== sight.rolloutId) return sight;
  return mapAnonymous(sight, (drift) => {
    const { changedBy, changedAt, changedByUnknown } = before.drifts.find((known) => isSame(known, drift)) ?? {};
    return {
      ...drift,
      ...(changedBy !== undefined && { changedBy }),
      ...(changedAt !== undefined && { changedAt }),
      ...(changedByUnknown !== undefined && { changedByUnknown }),
    };
  });
}

/** Whether the activity log should be asked: for what is new, and again for some time, since entries come late. */
export function isAuthorSought({ drifts }: Sight, before: Snapshot | undefined, now: number): boolean {
  return drifts.filter(isAnonymous).some((drift) => {
    if (drift.changedByUnknown === undefined || drift.changedByUnknown === 'NotReadYet') return true;
    const since = before?.drifts.find((known) => isSame(known, drift))?.firstSeenAt ?? now;
    return now < since + ATTRIBUTION_SECONDS * 1000;
  });
}

/** Names the author of each drift that has none: who did last what brings such drift about, and was not refused. */
export function withAuthors(sight: Sight, deeds: readonly Deed[]): Sight {
  return mapAnonymous(sight, ({ changedByUnknown: _, ...drift }) => {
    const deed = deeds.find(
      ({ operation, status }) =>
        operation.toLowerCase().endsWith(`/${DEEDS[drift.kind] ?? ''}`) &&
        (status === 'Succeeded' || status === 'Accepted'),
    );
    if (deed === undefined) return { ...drift, changedByUnknown: 'NotInLog' };
    return { ...drift, changedBy: deed.caller, changedAt: deed.at };
  });
}

/** Says of each drift without an author why he is not known. */
export function withoutAuthors(sight: Sight, reason: AuthorUnknown): Sight {
  return mapAnonymous(sight, (drift) => ({ ...drift, changedByUnknown: reason }));
}

function mapAnonymous(sight: Sight, change: (drift: FoundDrift) => FoundDrift): Sight {
  return { ...sight, drifts: sight.drifts.map((drift) => (isAnonymous(drift) ? change(drift) : drift)) };
}

/** Somebody is behind it, and ARM did not say who with the resource itself. */
function isAnonymous({ kind, changedBy }: FoundDrift): boolean {
  return changedBy === undefined && DEEDS[kind] !== undefined;
}

/** `known` is as it was stored, its long values by their beginning. */
function isSame(known: FoundDrift, drift: FoundDrift): boolean {
  return essence(known) === essence(shortened(drift));
}

function essence({ kind, layer, path = '', desired = null, actual = null }: FoundDrift): string {
  return canonicalJson({ kind, layer, path, desired, actual });
}
