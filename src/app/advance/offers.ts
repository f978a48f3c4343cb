import type { DeferredRow, Target } from '../../contracts/cluster-rows.ts';
import type { Offer } from '../../core/rollout/admit.ts';
import type { Decision } from '../../core/rollout/advance.ts';
import { openStage } from '../../core/rollout/commands.ts';
import { STEP_ROWS_MAX } from '../../core/rollout/draft.ts';
import type { Deps } from '../deps.ts';
import type { SlotPurse } from './slots.ts';

/**
 * Gathers what could be dispatched on top of a decision, with a reserved slot each: first rows that are in line already,
 * then clusters that came back, then the next ones of the open stage in their frozen order.
 */
export async function gatherOffers(
  deps: Deps,
  decision: Decision,
  returned: readonly DeferredRow[],
  purse: SlotPurse,
): Promise<Offer[]> {
  const rowsLeft = STEP_ROWS_MAX - decision.rows;
  const requeue = decision.requeue.slice(0, rowsLeft).flatMap((ordinal) => decision.live.get(ordinal) ?? []);
  const back = returned.slice(0, Math.min(decision.room, rowsLeft));
  const next = await nextTargets(deps, decision, rowsLeft);
  const online = next.filter(needsSlot).slice(0, decision.room);
  await purse.fill([...requeue, ...back].map(({ target }) => target).concat(online));

  const offers: Offer[] = [];
  for (const { ordinal, target } of requeue) {
    const slotAt = purse.take(target);
    if (slotAt !== undefined) offers.push({ kind: 'requeue', ordinal, slotAt });
  }
  for (const row of back) {
    const slotAt = purse.take(row.target);
    if (slotAt !== undefined) offers.push({ kind: 'returned', row, slotAt });
  }
  for (const target of next) {
    const slotAt = needsSlot(target) ? purse.take(target) : decision.now;
    // The frozen order is kept: a cluster without a slot holds back those behind it, of whatever subscription.
    if (slotAt === undefined) break;
    offers.push({ kind: 'next', target, slotAt });
  }
  return offers;
}

/** Nothing is sent to clusters that are offline or left out. */
function needsSlot({ offline, blocked }: Target): boolean {
  return !offline && blocked === undefined;
}

async function nextTargets({ store }: Deps, { rollout, room }: Decision, rowsLeft: number): Promise<Target[]> {
  const stage = openStage(rollout);
  if (stage?.phase !== 'Running' || rollout.stop !== 'none' || rollout.plan === undefined || room === 0) return [];
  const to = Math.min(stage.next + rowsLeft, stage.first + stage.size) - 1;
  return to < stage.next ? [] : store.targets(rollout.id, { from: stage.next, to });
}
