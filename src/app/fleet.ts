import type { Cluster, Inventory } from '../contracts/cluster.ts';
import { INVENTORY_AGE_SECONDS_MAX } from '../contracts/timing.ts';
import { graphPages } from './budgets.ts';
import type { Deps } from './deps.ts';

/** How old an inventory may be. */
const AGE_MS_MAX = INVENTORY_AGE_SECONDS_MAX * 1000;

/** The fleet, or these subscriptions of it, as last seen; taken anew when that is too old to plan on. */
export function currentFleet(deps: Deps, subscriptions?: readonly string[]): Promise<Inventory> {
  return fleetOf(deps, deps.clock.now(), subscriptions);
}

/**
 * The same as `at` (milliseconds since the epoch) is concerned: what was young enough then is not taken anew. A long piece of work that
 * names its beginning takes the inventory once, however often it asks.
 */
export async function fleetOf(deps: Deps, at: number, subscriptions?: readonly string[]): Promise<Inventory> {
  const stored = await deps.inventory.read(subscriptions);
  return stored !== undefined && stored.takenAt >= at - AGE_MS_MAX ? stored : freshFleet(deps, subscriptions);
}

/** The fleet as last seen, however long ago; taken when it never was. */
export async function knownFleet(deps: Deps, subscriptions?: readonly string[]): Promise<Inventory> {
  return (await deps.inventory.read(subscriptions)) ?? freshFleet(deps, subscriptions);
}

/** The fleet as it is now, as far as Resource Graph knows. */
export async function freshFleet(deps: Deps, subscriptions?: readonly string[]): Promise<Inventory> {
  await refreshInventory(deps);
  const stored = await deps.inventory.read(subscriptions);
  if (stored === undefined) throw new Error('The inventory was stored and is not there.');
  return stored;
}

/** Reads the whole fleet from Resource Graph and stores it, page by page. A reading that fails half-way stores nothing. */
export async function refreshInventory(deps: Deps): Promise<void> {
  let clusters = 0;
  async function* counted(): AsyncGenerator<readonly Cluster[]> {
    for await (const page of graphPages(deps, deps.graph.clusters(deps.subscriptions))) {
      clusters += page.length;
      yield page;
    }
  }
  await deps.inventory.write(deps.clock.now(), counted());
  deps.log.info('inventory refreshed', { clusters });
}
