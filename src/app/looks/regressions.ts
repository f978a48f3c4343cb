import pLimit from 'p-limit';
import { clusterKey } from '../../contracts/cluster-id.ts';
import type { ResultRow } from '../../contracts/cluster-rows.ts';
import { GRAPH_IDS_MAX, TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import { onlyEnsuresPresence, type Action } from '../../core/change/actions.ts';
import type { Regression } from '../../core/rollout/draft.ts';
import type { OrdinalRange } from '../../ports/rollout-store.ts';
import type { Versioned } from '../../ports/versioned.ts';
import { GRAPH_POOL, grantReads, reserve } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { goodClusters } from './good-clusters.ts';
import { readAction } from './read-action.ts';

const READS_AT_ONCE = 16;
/** Suspects read by GET in one look; more wait for the next look, and the stage with them. */
const SUSPECTS_MAX = 100;

export interface RegressionLook {
  readonly regressions: readonly Regression[];
  readonly versions: ReadonlyMap<number, string>;
  /** False when not everything suspect could be read: the look is no proof that the rest is good. */
  readonly complete: boolean;
}

/**
 * Finds clusters that succeeded and are not good any more (product, "Soak"). Suspect is whatever Resource Graph does not
 * show as good, missing ones too; a GET convicts. Undefined when the query budget is used up now.
 */
export async function lookForRegressions(
  deps: Deps,
  rollout: Rollout,
  actions: readonly Action[],
  range: OrdinalRange,
): Promise<RegressionLook | undefined> {
  const lasting = actions.filter((action) => leavesSomething(action, actions));
  if ((await reserve(deps, GRAPH_POOL, lasting.length, 0)).length < lasting.length) return undefined;
  const isSmall = range.to - range.from < GRAPH_IDS_MAX;
  const targets = isSmall ? await deps.store.targets(rollout.id, range) : undefined;
  const good: ((key: string) => boolean)[] = [];
  for (const action of lasting) {
    good.push(
      await goodClusters(
        deps,
        action,
        targets?.map(({ clusterId }) => clusterId),
      ),
    );
  }
  const suspects = await findSuspects(deps, rollout.id, range, (key) => good.every((isGood) => isGood(key)));
  return convictAll(deps, lasting, suspects);
}

/** What is worth verifying: Flux v1 cannot come back, and an extension under a configuration is proven by that one. */
function leavesSomething(action: Action, actions: readonly Action[]): boolean {
  if (action.kind === 'removeFluxV1') return false;
  return !onlyEnsuresPresence(action) || actions.length === 1;
}

/** Result rows of the range that say "good" although Resource Graph does not. */
async function findSuspects(
  { store }: Deps,
  rolloutId: string,
  range: OrdinalRange,
  isGood: (key: string) => boolean,
): Promise<Versioned<ResultRow>[]> {
  const suspects: Versioned<ResultRow>[] = [];
  for (let from = range.from; from <= range.to && suspects.length <= SUSPECTS_MAX; from += TARGETS_PER_PAGE) {
    const rows = await store.results(rolloutId, { from, to: Math.min(range.to, from + TARGETS_PER_PAGE - 1) });
    suspects.push(...rows.filter(({ value }) => wasGood(value) && !isGood(clusterKey(value.clusterId))));
  }
  return suspects;
}

function wasGood({ outcome, regressed }: ResultRow): boolean {
  return regressed === undefined && (outcome.verdict === 'Succeeded' || outcome.verdict === 'Unchanged');
}

async function convictAll(
  deps: Deps,
  actions: readonly Action[],
  suspects: readonly Versioned<ResultRow>[],
): Promise<RegressionLook> {
  const limit = pLimit(READS_AT_ONCE);
  const readable = await grantReads(deps, suspects.slice(0, SUSPECTS_MAX), ({ value }) => value.clusterId);
  const read = await Promise.all(readable.map(({ value }) => limit(() => convict(deps, actions, value))));
  return {
    regressions: read.flatMap((one) => (typeof one === 'object' ? one : [])),
    versions: new Map(suspects.map(({ value, version }) => [value.ordinal, version])),
    complete: suspects.length === readable.length && !read.includes('unread'),
  };
}

async function convict(
  deps: Deps,
  actions: readonly Action[],
  row: ResultRow,
): Promise<Regression | 'good' | 'unread'> {
  for (const action of actions) {
    const verdict = await convictOf(deps, action, row);
    if (verdict !== 'good') return verdict;
  }
  return 'good';
}

/** Working again is normal; another revision, or what was removed and is back, is not: the opposite was proven before. */
const UNDONE = new Set(['OtherRevision', 'StillThere', 'ExtensionMissing', 'NotSuspendedYet']);

async function convictOf(deps: Deps, action: Action, row: ResultRow): Promise<Regression | 'good' | 'unread'> {
  const attempt = { wrote: false, writtenAt: row.outcome.at, unmistakable: false, removing: false };
  const reading = await readAction(deps, action, row.clusterId, attempt);
  switch (reading.state) {
    case 'bad':
    case 'gone':
      return { row, code: reading.code, detail: reading.detail };
    case 'undecided':
      return UNDONE.has(reading.code) ? { row, code: reading.code, detail: reading.detail } : 'good';
    case 'again':
      return { row, code: 'ExtensionDiffers', detail: 'The extension is not as the plan wants it any more.' };
    case 'good':
      return 'good';
    case 'unread':
      return 'unread';
  }
}
