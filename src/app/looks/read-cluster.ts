import type { LiveRow } from '../../contracts/cluster-rows.ts';
import type { Configuration } from '../../contracts/flux/configuration.ts';
import { judgeHealth, type Expectation, type Health } from '../../core/flux/health.ts';
import { observeConfiguration } from '../../core/flux/observed.ts';
import { sighted, type Sighting } from '../../core/rollout/sightings.ts';
import { readsOf, recordThrottling } from '../budgets.ts';
import type { Deps } from '../deps.ts';

/** What one GET of a cluster's configuration showed; `unread` when ARM did not answer. */
export type Reading =
  | Health
  | { readonly state: 'gone'; readonly code: string; readonly detail: string }
  | { readonly state: 'unread'; readonly detail: string };

/** Reads one cluster's configuration and holds it against an expectation. One ARM read. */
export async function readCluster(
  deps: Deps,
  configuration: Configuration,
  clusterId: string,
  attempt: Pick<Expectation, 'wrote' | 'writtenAt' | 'unmistakable'>,
): Promise<Reading> {
  const found = await deps.arm.getConfiguration(clusterId, configuration.name);
  if (!found.ok) {
    const { fault } = found;
    if (fault.kind === 'throttled') await recordThrottling(deps, readsOf(clusterId), fault.retryAfterMs);
    if (fault.kind === 'clusterNotFound') return { state: 'gone', code: 'ClusterNotFound', detail: fault.detail };
    return { state: 'unread', detail: fault.kind === 'throttled' ? 'ARM asked us to slow down.' : fault.detail };
  }
  if (found.value === undefined) {
    return {
      state: 'gone',
      code: 'ConfigurationMissing',
      detail: `Configuration ${configuration.name} is not on the cluster any more.`,
    };
  }
  const { commit } = configuration.gitRepository.repositoryRef;
  const expected = { ...attempt, commit, suspend: configuration.suspend };
  return judgeHealth(observeConfiguration(found.value), expected, deps.clock.now());
}

/** Turns a reading into what the engine is told. An overdue cluster is judged; one that could not be read is not. */
export function sightingOf(row: LiveRow, reading: Reading, overdue: boolean, now: number): Sighting | undefined {
  const of = sighted(row);
  switch (reading.state) {
    case 'good': {
      const verdict = row.wrote ? 'Succeeded' : 'Unchanged';
      const detail = row.wrote
        ? 'The agent reported the desired revision as compliant after the write.'
        : 'The cluster was as desired already.';
      return {
        ...of,
        kind: 'outcome',
        outcome: { verdict, code: 'Compliant', detail, at: now, evidence: reading.evidence },
      };
    }
    case 'bad': {
      const { code, detail, evidence } = reading;
      return { ...of, kind: 'outcome', outcome: { verdict: 'Failed', code, detail, at: now, evidence } };
    }
    case 'gone': {
      const verdict = reading.code === 'ClusterNotFound' ? 'Skipped' : 'Failed';
      return { ...of, kind: 'outcome', outcome: { verdict, code: reading.code, detail: reading.detail, at: now } };
    }
    case 'undecided':
      if (!overdue) return { ...of, kind: 'looked' };
      return { ...of, kind: 'outcome', outcome: timedOut(reading.code, reading.detail, now) };
    case 'unread':
      return undefined;
  }
}

/** Evidence did not come before the deadline; the code says what was missing. */
export function timedOut(code: string, detail: string, now: number): Extract<Sighting, { kind: 'outcome' }>['outcome'] {
  return { verdict: 'TimedOut', code, detail: `No evidence before the deadline. Last seen: ${detail}`, at: now };
}
