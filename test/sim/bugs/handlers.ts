import type { Deps } from '../../../src/app/deps.ts';
import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import type { Versioned } from '../../../src/ports/versioned.ts';
import { delegate } from '../world/recorder.ts';
import type { Stores } from '../world/sim-deps.ts';
import type { UseCases } from '../world/use-cases.ts';
import { imagineLeases } from './leases.ts';

/** One wake-up becomes two. */
export function breed(app: UseCases): UseCases['advance'] {
  return async (deps, rolloutId) => {
    await app.advance(deps, rolloutId);
    const header = await deps.store.header(rolloutId);
    if (header === undefined || hasEnded(header.value.status)) return;
    await deps.bus.sendWakeups(
      [0, 1].map((index) => ({
        id: `${deps.ids.next()}.${index}`,
        at: deps.clock.now() + 2000,
        message: { schema: 1 as const, rolloutId },
      })),
    );
  };
}

/** A wake-up of an ended rollout is never answered. */
export function hang(app: UseCases): UseCases['advance'] {
  return async (deps, rolloutId) => {
    await app.advance(deps, rolloutId);
    const header = await deps.store.header(rolloutId);
    if (header !== undefined && hasEnded(header.value.status)) await new Promise(() => undefined);
  };
}

const remembered = new WeakMap<Stores, Map<string, Versioned<LiveRow>>>();

/** Old messages act on rows as they once were, and saves that find no row pass for done. */
export function actOnMemories(deps: Deps, stores: Stores): Deps {
  const { store } = deps;
  const rows = remembered.get(stores) ?? new Map<string, Versioned<LiveRow>>();
  remembered.set(stores, rows);
  return {
    ...imagineLeases(deps),
    store: {
      ...delegate(store),
      liveRow: async (id, ordinal) => {
        const row = await store.liveRow(id, ordinal);
        const key = `${id}/${ordinal}`;
        if (row?.value.state === 'queued') rows.set(key, row);
        return row ?? rows.get(key);
      },
      saveLive: async (id, row, original) => {
        const answer = await store.saveLive(id, row, original);
        const isGone = !answer.saved && (await store.liveRow(id, row.value.ordinal)) === undefined;
        return isGone ? { saved: true, version: row.version } : answer;
      },
    },
  };
}

/** A 429 is written down, and nobody reads it. */
export function forgetBudgets(deps: Deps): Deps {
  const { budgets } = deps;
  return {
    ...deps,
    budgets: {
      read: async () => undefined,
      readAll: async () => new Map(),
      write: async (pool, budget) => budgets.write(pool, budget, (await budgets.read(pool))?.version),
    },
  };
}

/** A message is an order, whatever became of its rollout. */
export function obeyBlindly(app: UseCases): UseCases['operate'] {
  return async (deps, message) => {
    const { rolloutId, ordinal } = message;
    const header = await deps.store.header(rolloutId);
    const [target] = await deps.store.targets(rolloutId, { from: ordinal, to: ordinal });
    if (header !== undefined && target !== undefined && hasEnded(header.value.status)) {
      await deps.arm.putConfiguration(target.clusterId, 'app', { properties: {} });
    }
    return app.operate(deps, message);
  };
}
