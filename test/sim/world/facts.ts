import type { DeferredRow, LiveRow, OriginalRow, ResultRow, Target } from '../../../src/contracts/cluster-rows.ts';
import type { Command } from '../../../src/contracts/command.ts';
import type { RolloutRequest } from '../../../src/contracts/rollout-request.ts';
import type { Rollout } from '../../../src/contracts/rollout-state.ts';
import type { Arm, ArmJson } from '../../../src/ports/arm.ts';
import type { Lease } from '../../../src/ports/lease-store.ts';
import type { Cluster } from '../../../src/contracts/cluster.ts';
import type { Snapshot, Sweep, SweepShard } from '../../../src/contracts/compliance.ts';
import type { BindingRecord } from '../../../src/contracts/policy-binding.ts';
import type { BindingWrite } from '../../../src/ports/binding-store.ts';
import type { RemediationRequest } from '../../../src/ports/policy.ts';
import type { Step } from '../../../src/ports/rollout-store.ts';
import type { Invocation } from '../kernel/invocation.ts';

/** Our own copy of one rollout's committed rows: ground truth for the oracles, kept apart from the store under test. */
export interface Mirror {
  readonly id: string;
  readonly request: RolloutRequest;
  readonly targets: readonly Target[];
  header: Rollout;
  readonly live: Map<number, LiveRow>;
  readonly results: Map<number, ResultRow>;
  readonly deferred: Map<number, DeferredRow>;
  /** What was there before the first write of an action, by `originalKey`. */
  readonly originals: Map<string, OriginalRow>;
  /** Commands waiting to be consumed. */
  readonly pending: Map<string, Command>;
  /** Every command that was stored, in order. */
  readonly commands: Command[];
  commits: number;
}

/** The calls of ARM that write. */
export type ArmWriteMethod = Extract<keyof Arm, `${'put' | 'patch' | 'delete'}${string}`>;

/** One write request to ARM, from the moment the application asked for it. */
export interface ArmWrite {
  readonly invocation: Invocation;
  readonly method: ArmWriteMethod;
  readonly kind: 'configuration' | 'extension' | 'fluxV1';
  readonly clusterId: string;
  readonly name: string;
  /** What a lease on it is called. */
  readonly subject: string;
  /** Of a deletion only whether it is forced. */
  readonly body: ArmJson;
  readonly issuedAt: number;
  /** Epoch of the lease that this invocation last saw or wrote for this subject. */
  readonly epoch: number | undefined;
  landedAt: number | undefined;
  answer: string | undefined;
  /** What the caller was told; undefined when it died, or has not heard yet. */
  told: string | undefined;
}

/** Everything the oracles may look at, as it happens, after it happened. */
export type Fact =
  | { readonly kind: 'created'; readonly mirror: Mirror; readonly invocation: Invocation }
  | {
      readonly kind: 'committed';
      readonly mirror: Mirror;
      readonly step: Step;
      readonly before: Rollout;
      readonly invocation: Invocation;
    }
  | {
      readonly kind: 'liveSaved';
      readonly mirror: Mirror;
      readonly before: LiveRow;
      readonly after: LiveRow;
      readonly invocation: Invocation;
    }
  | { readonly kind: 'commandAdded'; readonly mirror: Mirror; readonly command: Command }
  | {
      readonly kind: 'leaseWritten';
      readonly before: Lease | undefined;
      readonly after: Lease;
      readonly invocation: Invocation;
    }
  | { readonly kind: 'writeIssued'; readonly write: ArmWrite; readonly mirror: Mirror | undefined }
  | { readonly kind: 'writeLanded'; readonly write: ArmWrite; readonly mirror: Mirror | undefined }
  | {
      readonly kind: 'throttled';
      readonly subscriptionId: string;
      readonly isWrite: boolean;
      readonly retryAfterMs: number;
      readonly invocation: Invocation;
    }
  | { readonly kind: 'budgetWritten'; readonly pool: string; readonly invocation: Invocation }
  | { readonly kind: 'called'; readonly port: string; readonly invocation: Invocation }
  | { readonly kind: 'failed'; readonly invocation: Invocation; readonly error: unknown }
  | { readonly kind: 'logged'; readonly text: string }
  | { readonly kind: 'sent'; readonly queue: string; readonly id: string; readonly body: string; readonly at: number }
  | { readonly kind: 'submitted'; readonly submission: number; readonly rolloutId: string }
  | { readonly kind: 'buried'; readonly queue: string; readonly body: string }
  | { readonly kind: 'sweepCreated'; readonly sweep: Sweep }
  | {
      readonly kind: 'shardSaved';
      readonly before: SweepShard;
      readonly after: SweepShard;
      readonly invocation: Invocation;
    }
  | { readonly kind: 'snapshotsRead'; readonly page: readonly Snapshot[]; readonly invocation: Invocation }
  | { readonly kind: 'snapshotsWritten'; readonly changed: readonly Snapshot[]; readonly invocation: Invocation }
  | { readonly kind: 'fleetKnown'; readonly clusters: readonly Cluster[]; readonly invocation: Invocation }
  | {
      readonly kind: 'bindingWritten';
      readonly before: BindingRecord | undefined;
      readonly after: BindingRecord;
      readonly addClusters: BindingWrite['addClusters'];
      readonly invocation: Invocation;
    }
  | { readonly kind: 'bindingRemoved'; readonly before: BindingRecord; readonly invocation: Invocation }
  /** Azure has accepted a task; the same one again is the same one. */
  | { readonly kind: 'taskBegun'; readonly request: RemediationRequest; readonly invocation: Invocation };
