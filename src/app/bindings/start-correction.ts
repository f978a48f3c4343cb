import { clusterKey } from '../../contracts/cluster-id.ts';
import { Refusal } from '../../contracts/errors.ts';
import type { BindingRecord, Correction } from '../../contracts/policy-binding.ts';
import type { RolloutRequest } from '../../contracts/rollout-request.ts';
import type { Rollout } from '../../contracts/rollout-state.ts';
import { correctionName, correctionRequest } from '../../core/bindings/correction-request.ts';
import { actionsOf, subjectOf } from '../../core/change/actions.ts';
import { subscriptionOf } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { submitRollout } from '../submit-rollout.ts';
import { clustersAtWork, obstacleAmong } from './at-work.ts';
import type { MeasurePatch } from './change-binding.ts';
import { readBaselines } from './rollout-remedies.ts';

/** Digits of the hash over clusters and baseline in an idempotency key: the sweep and the binding are in it already. */
const HASH_LENGTH = 16;

/**
 * Submits a correction as a rollout. What it was decided on is looked at once more: minutes may have passed, and a rollout that has
 * come in between must not be undone.
 *
 * @returns undefined when it has to be tried again later.
 * @throws Transient when a store does not answer.
 */
export async function startCorrection(
  deps: Deps,
  record: BindingRecord,
  correction: Correction,
  clusterIds: readonly string[],
): Promise<MeasurePatch | undefined> {
  const { rolloutId } = correction.baseline;
  const name = correctionName(record.name);
  const isOwn = (rollout: Rollout): boolean => rollout.name === name && rollout.createdBy.kind === 'system';
  const atWork = await clustersAtWork(deps, isOwn);
  if (atWork === undefined) return undefined;
  const baseline = await deps.store.request(rolloutId);
  const obstacle = obstacleAmong(atWork, clusterIds) ?? (await overtaken(deps, correction, baseline, clusterIds));
  if (obstacle !== undefined) return { state: 'Dropped', detail: obstacle, endedAt: deps.clock.now() };
  const request = correctionRequest(record.name, baseline, correction, clusterIds);
  const hash = deps.digest.sha256(JSON.stringify([correction.baseline, clusterIds])).slice(0, HASH_LENGTH);
  const idempotencyKey = `${record.id}.${correction.sweepId}.${hash}`;
  try {
    const submission = { request, actor: { kind: 'system' as const, name }, idempotencyKey };
    const { rollout } = await submitRollout(deps, submission);
    return { kind: 'correction', state: 'Running', rolloutId: rollout.id };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { state: 'Refused', detail: `${error.code}: ${error.message}`, endedAt: deps.clock.now() };
  }
}

/** Something newer than the baseline was rolled out to one of the clusters. */
async function overtaken(
  deps: Deps,
  { baseline: { rolloutId, actions } }: Correction,
  { change }: RolloutRequest,
  clusterIds: readonly string[],
): Promise<string | undefined> {
  const all = actionsOf(change);
  const wanted = actions.flatMap((action) => {
    const found = all[action];
    return found === undefined ? [] : [{ action, subject: subjectOf(found) }];
  });
  for (const [subscription, ids] of Map.groupBy(clusterIds, subscriptionOf)) {
    const baselines = await readBaselines(deps, subscription, ids);
    const overtakenId = ids.find((id) => {
      const known = baselines.get(clusterKey(id)) ?? [];
      return !wanted.every(({ action, subject }) =>
        known.some(
          (one) =>
            one.subject === subject && one.rolloutId === rolloutId && one.action === action && one.edits.length === 0,
        ),
      );
    });
    if (overtakenId !== undefined) return `Something else was rolled out to ${overtakenId} meanwhile.`;
  }
  return undefined;
}
