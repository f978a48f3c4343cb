import type { HeldCode, PolicyBinding } from '../../contracts/policy-binding.ts';

/** What can be done about one drifting subject of a cluster. */
export type Remedy =
  /** Roll out again one action of a rollout. */
  | { readonly kind: 'rollout'; readonly rolloutId: string; readonly action: number }
  /** Let Policy deploy; `referenceId` names the member of an initiative. */
  | { readonly kind: 'policy'; readonly subscriptionId: string; readonly referenceId?: string }
  | ({ readonly kind: 'none' } & Obstacle);

/** Why nothing is done. */
export interface Obstacle {
  readonly code: HeldCode;
  readonly detail: string;
}

/** A selected cluster with drift that the binding is about. */
export interface DriftingCluster {
  readonly clusterId: string;
  readonly offline: boolean;
  /** One for each drifting subject, the most fundamental first; at least one, unless the mode is `report`. */
  readonly remedies: readonly Remedy[];
}

/** Everything that a decision rests on. Maps are by `clusterKey`. */
export interface Situation {
  readonly mode: PolicyBinding['mode'];
  readonly limits: PolicyBinding['limits'];
  /** Clusters that the binding selects, drifting or not. */
  readonly selected: number;
  readonly drifting: readonly DriftingCluster[];
  /** How often this binding has acted on a cluster within the period. */
  readonly corrected: ReadonlyMap<string, number>;
  /** What is at work on a cluster, in words. */
  readonly atWork: ReadonlyMap<string, string>;
  /** Why the brake is on already. */
  readonly brake: string | undefined;
  /** Measures that may be begun now. */
  readonly room: number;
}
