import type { ActivityLog } from '../ports/activity-log.ts';
import type { Arm } from '../ports/arm.ts';
import type { BindingStore } from '../ports/binding-store.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommitStatuses } from '../ports/commit-statuses.ts';
import type { ComplianceStore } from '../ports/compliance-store.ts';
import type { DefinitionStore } from '../ports/definition-store.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { Digest } from '../ports/digest.ts';
import type { GitRemote } from '../ports/git-remote.ts';
import type { Graph } from '../ports/graph.ts';
import type { HookStore } from '../ports/hook-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { InventoryStore } from '../ports/inventory-store.ts';
import type { LeaseStore } from '../ports/lease-store.ts';
import type { Log } from '../ports/log.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Policy } from '../ports/policy.ts';
import type { RolloutIndex } from '../ports/rollout-index.ts';
import type { RolloutStore } from '../ports/rollout-store.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { SentSecretsStore } from '../ports/sent-secrets.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** Everything a use case may touch: the ports, and the subscriptions that make up the fleet. Built in `compose.ts`. */
export interface Deps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly store: RolloutStore;
  readonly index: RolloutIndex;
  readonly leases: LeaseStore;
  readonly budgets: BudgetStore;
  readonly inventory: InventoryStore;
  readonly bus: Bus;
  readonly arm: Arm;
  readonly graph: Graph;
  readonly secrets: Secrets;
  readonly sentSecrets: SentSecretsStore;
  readonly compliance: ComplianceStore;
  readonly policy: Policy;
  readonly activityLog: ActivityLog;
  /** Undefined where nobody is to hear of what happens: then nothing is queued either. */
  readonly notifier: Notifier | undefined;
  readonly bindings: BindingStore;
  readonly hooks: HookStore;
  readonly deliveries: DeliveryStore;
  readonly definitions: DefinitionStore;
  readonly gitRemote: GitRemote;
  readonly commitStatuses: CommitStatuses;
  readonly subscriptions: readonly string[];
  /** Where people reach this installation, without a slash at the end; undefined when it does not know. */
  readonly publicUrl: string | undefined;
}
