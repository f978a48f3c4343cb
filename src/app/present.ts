import { clusterKey } from '../contracts/cluster-id.ts';
import type { Target } from '../contracts/cluster-rows.ts';
import type { Cluster } from '../contracts/cluster.ts';
import { GRAPH_IDS_MAX } from '../contracts/limits.ts';
import { onlyEnsuresPresence, subjectOf, type Action } from '../core/change/actions.ts';
import { planAction, type PlannedAction, type Present } from '../core/change/planned.ts';
import type { ArmJson } from '../ports/arm.ts';
import { GRAPH_POOL, reserve } from './budgets.ts';
import type { Deps } from './deps.ts';

/** What is on the fleet now of what a change is about, as Resource Graph shows it. */
export interface PresentFleet {
  /** Raw `properties` by configuration name and cluster key. */
  readonly configurations: ReadonlyMap<string, ReadonlyMap<string, ArmJson>>;
  /** Raw `properties` of extensions by cluster key; empty unless the change is about their settings. */
  readonly extensions: ReadonlyMap<string, ArmJson>;
}

/** Nothing was looked up. */
export const NOTHING_PRESENT: PresentFleet = { configurations: new Map(), extensions: new Map() };

/** Queries of Resource Graph that `readPresent` makes at the least. */
export function queriesForPresent(actions: readonly Action[], clusters: number): number {
  return configurationNames(actions).length + (changesExtension(actions) ? Math.ceil(clusters / GRAPH_IDS_MAX) : 0);
}

/** Reads what is there now, in pages. Waits for its quota: callers that must not wait reserve first and call with `paid`. */
export async function readPresent(
  deps: Deps,
  actions: readonly Action[],
  clusterIds: readonly string[],
  paid = false,
): Promise<PresentFleet> {
  if (!paid) await reserve(deps, GRAPH_POOL, queriesForPresent(actions, clusterIds.length), Number.MAX_SAFE_INTEGER);
  const configurations = new Map<string, ReadonlyMap<string, ArmJson>>();
  for (const name of configurationNames(actions)) configurations.set(name, await readConfigurations(deps, name));
  const extensions = new Map<string, ArmJson>();
  if (changesExtension(actions)) {
    for await (const page of deps.graph.extensions(clusterIds, { withProperties: true })) {
      for (const { clusterId, properties } of page) if (properties) extensions.set(clusterKey(clusterId), properties);
    }
  }
  return { configurations, extensions };
}

async function readConfigurations(deps: Deps, name: string): Promise<ReadonlyMap<string, ArmJson>> {
  const present = new Map<string, ArmJson>();
  for await (const page of deps.graph.configurations({
    name,
    subscriptions: deps.subscriptions,
    withProperties: true,
  })) {
    for (const { clusterId, properties } of page) if (properties) present.set(clusterKey(clusterId), properties);
  }
  return present;
}

/** What a change will do to one cluster, action by action. */
export function planTarget(
  actions: readonly Action[],
  target: Target,
  present: PresentFleet,
  cluster: Pick<Cluster, 'fluxV1'>,
): PlannedAction[] {
  const key = clusterKey(target.clusterId);
  const here: Present = {
    cluster: { extension: target.extension, fluxV1: cluster.fluxV1 },
    values: target.values,
    configuration: (name) => present.configurations.get(name)?.get(key),
    extension: present.extensions.get(key),
  };
  return actions.map((action) => planAction(action, here));
}

function configurationNames(actions: readonly Action[]): string[] {
  const named = actions.filter(({ kind }) => kind.endsWith('Configuration'));
  return named.map(subjectOf);
}

function changesExtension(actions: readonly Action[]): boolean {
  return actions.some((action) => action.kind === 'ensureExtension' && !onlyEnsuresPresence(action));
}
