import { describe, expect, it, test } from 'vitest';
import type { Drift, Snapshot } from '../../../src/contracts/compliance.ts';
import { ATTRIBUTION_SECONDS } from '../../../src/contracts/timing.ts';
import {
  isAuthorSought,
  withAuthors,
  withKnownAuthors,
  withoutAuthors,
  type Deed,
} from '../../../src/core/compliance/authors.ts';
import type { FoundDrift } from '../../../src/core/compliance/drift.ts';
import { nextSnapshot, type Sight } from '../../../src/core/compliance/snapshot.ts';

const NOW = 1_700_000_000_000;
const TYPE = 'MICROSOFT.KUBERNETESCONFIGURATION/FLUXCONFIGURATIONS';

const missing: FoundDrift = { kind: 'Missing', layer: 'plan', detail: 'gone' };
const modified: FoundDrift = { kind: 'Modified', layer: 'plan', path: 'suspend', actual: true, detail: 'edited' };

function sight(drifts: readonly FoundDrift[], rolloutId = 'r1'): Sight {
  return { clusterId: '/c', subject: 'shop', state: 'Absent', rolloutId, drifts };
}

/** What was stored when a sweep at `at` saw this. */
function stored(seen: Sight, at = NOW): Snapshot {
  const snapshot = nextSnapshot(undefined, seen, at);
  if (snapshot === undefined) throw new Error('nothing was stored');
  return snapshot;
}

function deed(verb: string, caller: string, status = 'Succeeded', at = NOW - 1000): Deed {
  return { at, caller, operation: `${TYPE}/${verb}`, status };
}

describe('the author of a drift, from the activity log', () => {
  const log = [
    deed('write', 'failed', 'Failed'),
    deed('delete', 'begun', 'Started'),
    deed('action', 'other'),
    deed('delete', 'bob', 'Accepted', NOW - 2000),
    deed('write', 'alice', 'Succeeded', NOW - 3000),
    deed('delete', 'earlier', 'Succeeded', NOW - 4000),
  ];
  test.each([
    ['Missing', 'bob', NOW - 2000],
    ['ExtensionMissing', 'bob', NOW - 2000],
    ['Modified', 'alice', NOW - 3000],
    ['Unmanaged', 'alice', NOW - 3000],
  ] satisfies [Drift['kind'], string, number][])('of %s is %s', (kind, changedBy, changedAt) => {
    const { drifts } = withAuthors(sight([{ ...missing, kind }]), log);
    expect(drifts).toEqual([{ ...missing, kind, changedBy, changedAt }]);
  });

  it.each(['NotCompliant', 'PolicyNonCompliant', 'ExtensionFailed'] satisfies Drift['kind'][])(
    'of %s is nobody: it came about by itself',
    (kind) => {
      const seen = sight([{ ...missing, kind }]);
      expect(withAuthors(seen, log)).toEqual(seen);
      expect(withoutAuthors(seen, 'NotInLog')).toEqual(seen);
      expect(isAuthorSought(seen, undefined, NOW)).toBe(false);
    },
  );

  it('is not looked for where the resource itself names him', () => {
    const named = sight([{ ...modified, changedBy: 'carol', changedAt: NOW }]);
    expect(isAuthorSought(named, undefined, NOW)).toBe(false);
    expect(withAuthors(named, log)).toEqual(named);
  });

  it('that the log does not have is said to be unknown', () => {
    const { drifts } = withAuthors(sight([{ ...missing, changedByUnknown: 'LogUnreadable' }]), []);
    expect(drifts).toEqual([{ ...missing, changedByUnknown: 'NotInLog' }]);
  });
});

describe('what was found out before', () => {
  const bob = { changedBy: 'bob', changedAt: NOW - 2000 };

  it('is kept while the same drift goes on, so that the log is read once', () => {
    const before = stored(sight([{ ...missing, ...bob }]));
    const next = withKnownAuthors(sight([missing]), before);
    expect(next.drifts).toEqual([{ ...missing, ...bob }]);
    expect(isAuthorSought(next, before, NOW + 1)).toBe(false);
    expect(nextSnapshot(before, next, NOW + 1)).toBeUndefined();
  });

  it('is kept of values that are stored shortened', () => {
    const long = { ...modified, actual: 'x'.repeat(5000) };
    const before = stored(sight([{ ...long, ...bob }]));
    expect(withKnownAuthors(sight([long]), before).drifts).toEqual([{ ...long, ...bob }]);
  });

  it.each([
    ['another value', sight([{ ...modified, actual: false }])],
    ['another field', sight([{ ...modified, path: 'namespace' }])],
    ['another rollout', sight([modified], 'r2')],
    ['nothing that was seen before', sight([modified])],
  ])('is not that of %s', (what, seen) => {
    const before = stored(sight(what.startsWith('nothing') ? [] : [{ ...modified, ...bob }]));
    expect(withKnownAuthors(seen, before)).toEqual(seen);
    expect(isAuthorSought(seen, before, NOW)).toBe(true);
  });
});

describe('the log', () => {
  test.each([
    ['NotInLog', ATTRIBUTION_SECONDS - 1, true],
    ['NotInLog', ATTRIBUTION_SECONDS, false],
    ['LogUnreadable', ATTRIBUTION_SECONDS - 1, true],
    ['LogUnreadable', ATTRIBUTION_SECONDS, false],
    ['NotReadYet', 10 * ATTRIBUTION_SECONDS, true],
  ] as const)('that said %s is asked again after %i s: %s', (reason, seconds, isSought) => {
    const unknown = withoutAuthors(sight([missing]), reason);
    expect(isAuthorSought(unknown, stored(unknown), NOW + seconds * 1000)).toBe(isSought);
  });
});
