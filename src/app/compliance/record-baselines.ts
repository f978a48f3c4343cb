import type { Baseline } from '../../contracts/compliance.ts';
import type { ResultRow } from '../../contracts/cluster-rows.ts';
import { BASELINE_EDITS_MAX, TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import { actionsOf, onlyEnsuresPresence, subjectOf, type Action } from '../../core/change/actions.ts';
import { subscriptionOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { subjectKey } from './shard-memory.ts';

/** One action of a rollout that leaves a desired state behind. */
interface Left {
  readonly subject: string;
  readonly index: number;
  /** It adds to what was rolled out before. */
  readonly isEdit: boolean;
}

/**
 * Records what a rollout that has ended left behind: for each cluster that succeeded, the desired state of each subject. Drift is
 * held against it. Repeatable: it is done before the rollout leaves the active set, and again if it was not finished.
 */
export async function recordBaselines(deps: Deps, rollout: Rollout): Promise<void> {
  const { change } = await deps.store.request(rollout.id);
  const left = actionsOf(change).flatMap((action, index) => leaves(action, index));
  if (left.length === 0) return;
  for (let from = 0; from < rollout.targets; from += TARGETS_PER_PAGE) {
    const range = { from, to: from + TARGETS_PER_PAGE - 1 };
    const results = (await deps.store.results(rollout.id, range)).map(({ value }) => value);
    const good = results.filter(({ outcome }) => outcome.verdict === 'Succeeded' || outcome.verdict === 'Unchanged');
    const targets = good.length === 0 ? [] : await deps.store.targets(rollout.id, range);
    const valuesOf = new Map(targets.map(({ ordinal, values }) => [ordinal, values]));
    const before = left.some(({ isEdit }) => isEdit) ? await readBaselines(deps, good) : new Map<string, Baseline>();
    const baselines = good.flatMap((row) =>
      left.flatMap((one) =>
        next(before, row, one, {
          rolledOut: { rolloutId: rollout.id, action: one.index, values: valuesOf.get(row.ordinal) ?? {} },
          stage: rollout.stages[row.stage]?.name,
        }),
      ),
    );
    await deps.compliance.writeBaselines(baselines);
  }
}

function leaves(action: Action, index: number): Left[] {
  if (action.kind === 'removeFluxV1' || onlyEnsuresPresence(action)) return [];
  const isEdit = action.kind === 'editConfiguration' || action.kind === 'suspendConfiguration';
  return [{ subject: subjectOf(action), index, isEdit }];
}

/** What one rollout did to one subject of one cluster, and in which stage. */
interface Done {
  readonly rolledOut: Pick<Baseline, 'rolloutId' | 'action' | 'values'>;
  readonly stage: string | undefined;
}

function next(
  before: ReadonlyMap<string, Baseline>,
  { clusterId, outcome }: ResultRow,
  { subject, isEdit }: Left,
  { rolledOut, stage }: Done,
): Baseline[] {
  const last = { at: outcome.at, ...(stage !== undefined && { stage }) };
  if (!isEdit) return [{ schema: 1, clusterId, subject, ...rolledOut, edits: [], ...last }];
  const known = before.get(subjectKey(clusterId, subject));
  // What nobody rolled out as a whole has no desired state that an edit could add to.
  if (known === undefined || known.edits.some(({ rolloutId }) => rolloutId === rolledOut.rolloutId)) return [];
  // A late message records a rollout again: what was rolled out since has overtaken its edit.
  if (known.at > outcome.at) return [];
  const edits = [...known.edits, rolledOut].slice(-BASELINE_EDITS_MAX);
  return [{ ...known, edits, ...last }];
}

async function readBaselines({ compliance }: Deps, rows: readonly ResultRow[]): Promise<Map<string, Baseline>> {
  const found = new Map<string, Baseline>();
  for (const subscription of new Set(rows.map(({ clusterId }) => subscriptionOf(clusterId)))) {
    for await (const page of compliance.baselines(subscription)) {
      for (const baseline of page) found.set(subjectKey(baseline.clusterId, baseline.subject), baseline);
    }
  }
  return found;
}
