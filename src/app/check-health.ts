import { OVERDUE_SECONDS } from '../contracts/timing.ts';
import type { Deps } from './deps.ts';
import { isoTime } from './read/rollout-view.ts';

/** What one part of the health answer says. */
export interface HealthPart {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Asks each thing that a rollout cannot do without, and says in words what is wrong. */
export async function checkHealth(deps: Deps): Promise<{ ok: boolean; at: string; parts: HealthPart[] }> {
  const parts = [
    await part('tables', () => describeRollouts(deps)),
    await part('inventory', () => describeInventory(deps)),
  ];
  return { ok: parts.every(({ ok }) => ok), at: isoTime(deps.clock.now()), parts };
}

async function part(name: string, check: () => Promise<{ ok: boolean; detail: string }>): Promise<HealthPart> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : 'does not answer' };
  }
}

async function describeRollouts({ index, store, clock }: Deps): Promise<{ ok: boolean; detail: string }> {
  const { rollouts } = await index.active();
  const headers = await Promise.all(rollouts.slice(0, 100).map(({ rolloutId }) => store.header(rolloutId)));
  const lateMs = headers.map((header) => (header ? clock.now() - header.value.nextCheckAt : 0));
  const latestMs = Math.max(0, ...lateMs);
  // The timer wakes what is overdue each minute: twice that late means that wake-ups do not get through.
  const ok = latestMs < 3 * OVERDUE_SECONDS * 1000;
  const late = ok ? '' : `; the most overdue waits for ${Math.round(latestMs / 1000)} s: look at the rollouts queue`;
  return { ok, detail: `${rollouts.length} active rollouts${late}` };
}

async function describeInventory({ inventory }: Deps): Promise<{ ok: boolean; detail: string }> {
  const stored = await inventory.head();
  if (stored === undefined) return { ok: true, detail: 'not taken yet; it is taken with the first plan' };
  return { ok: true, detail: `${stored.clusters} clusters, taken at ${isoTime(stored.takenAt)}` };
}
