import type { DefinitionRecord } from '../../contracts/definition.ts';
import { hasEnded } from '../../contracts/rollout-state.ts';
import { DELIVERIES_KEPT_SECONDS, OVERDUE_SECONDS } from '../../contracts/timing.ts';
import type { Deps } from '../deps.ts';
import { pollDefinitions } from './poll-definitions.ts';
import { FAULT_RETRY_MS } from './show-dead-revision.ts';
import { wakeDefinition } from './wake-definition.ts';

/** Calls that one clean-up makes to drop deliveries; what is left is for the next one. Ours. */
const DROPS_MAX = 100;

/**
 * What the timer does each minute: wakes definitions and polls for them, both by one reading of all of them. One that fails does not
 * keep the other from its end.
 */
export async function seeToDefinitions(deps: Deps): Promise<void> {
  const all = deps.definitions.list();
  const ends = await Promise.allSettled([wakeDefinitions(deps, all), pollDefinitions(deps, all)]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Wakes every definition whose own wake-up was lost: the safety net under law 1. */
export async function wakeDefinitions(deps: Deps, all = deps.definitions.list()): Promise<void> {
  const now = deps.clock.now();
  for (const { value: record } of await all) {
    if (record.fault !== undefined && now < record.fault.at + FAULT_RETRY_MS) continue;
    const dueAt = await nextDueAt(deps, record);
    if (dueAt === undefined || now < dueAt + OVERDUE_SECONDS * 1000) continue;
    deps.log.warn('definition was overdue', { definition: record.name, dueAt });
    await wakeDefinition(deps, record.name, now);
  }
}

/** When somebody should have looked at it, in milliseconds since the epoch; undefined when there is nothing to look for. */
async function nextDueAt({ store }: Deps, { pending, running }: DefinitionRecord): Promise<number | undefined> {
  const pendingAt = pending && (pending.waiting?.nextCheckAt ?? pending.notBefore);
  if (running === undefined || pendingAt !== undefined) return pendingAt;
  if (!running.submitted) return running.since;
  const rollout = (await store.header(running.rolloutId))?.value;
  return rollout !== undefined && hasEnded(rollout.status) ? rollout.statusSince : undefined;
}

/** Drops decisions and deliveries that are older than they are kept. */
export async function dropOldRevisions(deps: Deps): Promise<void> {
  const before = deps.clock.now() - DELIVERIES_KEPT_SECONDS * 1000;
  for (const { value } of await deps.definitions.list()) {
    await deps.definitions.dropDecisionsBefore(value.name, before);
  }
  for (let drops = 0; drops < DROPS_MAX && (await deps.deliveries.dropBefore(before)); drops++);
}
