import type { Actor } from '../contracts/actor.ts';
import { Refusal, Transient } from '../contracts/errors.ts';
import type { RolloutRequest } from '../contracts/rollout-request.ts';
import type { Rollout, RolloutOrigin } from '../contracts/rollout-state.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { listItem } from './advance/index-rows.ts';
import type { Scope } from './access/scope.ts';
import { refuseOutside } from './access/within-scope.ts';
import type { Deps } from './deps.ts';
import { sealEvents, TRAIL_START } from './events.ts';
import { wakeMessage } from './messages.ts';
import { findOverlap, refuseOverlap } from './overlap.ts';
import { newRollout } from './new-rollout.ts';
import { planRollout } from './plan-rollout.ts';

export interface Submission {
  readonly request: RolloutRequest;
  readonly actor: Actor;
  /** What the actor may change; absent for what Flotilla submits itself, on behalf of an Admin who said so before. */
  readonly scope?: Scope;
  /** The same key with the same request stands for one rollout, however often it is sent (S14). */
  readonly idempotencyKey?: string;
  /** Fixed beforehand: however often it is submitted under this id, it is one rollout. Takes the place of a key. */
  readonly rolloutId?: string;
  /** The definition that starts it. */
  readonly definition?: RolloutOrigin;
}

const ACTIVATE_TRIES_MAX = 8;

/**
 * Freezes a request into a rollout and starts it. Repeatable at every point: until the header is written nothing exists,
 * and what was written before is found again by the idempotency key.
 *
 * @returns the rollout; `created: false` when its key or id stood for it already.
 * @throws Refusal 400 (cannot be planned), 403 (clusters that the actor may not change), 409 (overlap, or the key stands for another request).
 */
export async function submitRollout(
  deps: Deps,
  submission: Submission,
): Promise<{ rollout: Rollout; created: boolean }> {
  const { request, actor, scope, definition } = submission;
  const rolloutId = await claimId(deps, submission);
  const existing = await deps.store.header(rolloutId);
  if (existing !== undefined) return { rollout: existing.value, created: false };

  const planned = await planRollout(deps, request, 'submit');
  const { targets } = planned.plan;
  if (scope !== undefined) refuseOutside(scope, targets, planned.fleet);
  const draft = { ...newRollout(deps, rolloutId, request, planned, actor), ...(definition && { definition }) };
  const submitted = { type: 'RolloutSubmitted', at: draft.createdAt, actor, detail: `plan ${draft.planHash}` } as const;
  const event = sealEvents(deps.digest, TRAIL_START, [submitted], draft.createdAt);
  const rollout = { ...draft, eventSequence: event.sequence, eventHash: event.hash };
  await activate(deps, rollout, targets);
  if ((await deps.store.create({ rollout, request, targets, event })) === 'exists') {
    const winner = await deps.store.header(rolloutId);
    return { rollout: winner?.value ?? rollout, created: false };
  }
  deps.log.info('rollout submitted', { rolloutId, name: rollout.name, targets: rollout.targets, actor: actor.name });
  await begin(deps, rollout);
  return { rollout, created: true };
}

/** The one span that stands for the rollout itself: the rest of its trace is under it. */
function begin(deps: Deps, rollout: Rollout): Promise<void> {
  const { id: rolloutId, name, targets, createdBy, definition } = rollout;
  deps.telemetry.count('flotilla.rollouts.started', {});
  const attributes = {
    'flotilla.rollout.id': rolloutId,
    'flotilla.rollout.name': name,
    'flotilla.rollout.clusters': targets,
    'flotilla.actor.kind': createdBy.kind,
    ...(definition && { 'flotilla.definition.name': definition.name }),
  };
  const span = { name: 'submit rollout', kind: 'internal', isRoot: true, rolloutId, attributes } as const;
  return deps.telemetry.span(span, () => announce(deps, rollout));
}

/** The rollout exists by now; the timer lists and wakes it if this fails. */
async function announce(deps: Deps, rollout: Rollout): Promise<void> {
  try {
    await deps.index.upsertListItem(listItem(rollout));
    await deps.bus.sendWakeups([wakeMessage(rollout.id, deps.clock.now())]);
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('rollout starts later', { rolloutId: rollout.id, code: error.code, detail: error.message });
  }
}

async function claimId(deps: Deps, submission: Submission): Promise<string> {
  if (submission.rolloutId !== undefined) return submission.rolloutId;
  const { request, actor, idempotencyKey } = submission;
  const rolloutId = deps.ids.next();
  if (idempotencyKey === undefined) return rolloutId;
  const requestHash = deps.digest.sha256(canonicalJson(request));
  const key = `${actor.kind}:${actor.name}:${idempotencyKey}`;
  const claim = await deps.index.claimKey({ key, requestHash, rolloutId });
  if (claim.requestHash === requestHash) return claim.rolloutId;
  const detail = `This Idempotency-Key stands for rollout ${claim.rolloutId}, which was another request. Use a new key.`;
  throw new Refusal(409, 'IdempotencyKeyReused', detail);
}

/** Announces the rollout among the active ones; of two that overlap and come at once, only one gets through. */
async function activate(deps: Deps, rollout: Rollout, targets: Parameters<typeof findOverlap>[3]): Promise<void> {
  const { id: rolloutId, subjects, createdAt } = rollout;
  for (let tries = 0; tries < ACTIVATE_TRIES_MAX; tries++) {
    const { rollouts, version } = await deps.index.active();
    const others = rollouts.filter((other) => other.rolloutId !== rolloutId);
    const overlap = await findOverlap(deps, others, subjects, targets);
    if (overlap !== undefined) throw refuseOverlap(overlap);
    if ((await deps.index.activate({ rolloutId, subjects, createdAt }, version)) === 'added') return;
  }
  throw new Transient('SubmissionsContended', 'Many rollouts are being submitted at once.', 1000);
}
