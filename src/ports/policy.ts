import type { PolicyAssignment, PolicyDefinition, PolicyExemption, PolicySet } from '../core/policy/records.ts';
import type { ArmResult } from './arm.ts';

export type { PolicyAssignment, PolicyDefinition, PolicyExemption, PolicySet } from '../core/policy/records.ts';

/** What Policy last said about one resource; it lags by minutes to a day. */
export interface PolicyState {
  readonly resourceId: string;
  readonly assignmentId: string;
  readonly referenceId: string | undefined;
  readonly complianceState: string;
  readonly at: number;
}

/** How many clusters stand how under one assignment, as Policy counts them. */
export interface PolicySummary {
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly exempt: number;
  /** Whatever else Policy calls them: conflicting, unknown, not started … */
  readonly other: number;
}

/** An on-demand evaluation of a subscription. */
export interface PolicyEvaluation {
  /** `Running`, or the word that Azure ended it with: `Succeeded`, … */
  readonly state: string;
  /** Where to ask how it stands; absent where Azure names no place of its own. */
  readonly operationUrl?: string;
}

/** A remediation task of up to 100 clusters, named by `resourceIds`. */
export interface RemediationRequest {
  readonly subscriptionId: string;
  readonly name: string;
  readonly assignmentId: string;
  readonly referenceId?: string;
  readonly resourceIds: readonly string[];
  /** 1 … 30. */
  readonly parallelDeployments: number;
  /** 0 … 1. */
  readonly failureThreshold: number;
}

export interface Remediation {
  /**
   * `Accepted`, `Evaluating`, `Cancelling`; at the end `Succeeded`, `Complete` (some deployments failed), `Failed` (more than the
   * threshold allows) or `Canceled`.
   */
  readonly provisioningState: string;
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
}

/** Azure Policy: assignments, states and remediation tasks. Reads are pages; faults are those of ARM. */
export interface Policy {
  /** Assignments that reach the subscription: its own, inherited ones, and those below it. */
  assignments(subscriptionId: string): Promise<ArmResult<readonly PolicyAssignment[]>>;
  /** Undefined when there is none. */
  definition(id: string): Promise<ArmResult<PolicyDefinition | undefined>>;
  /** Undefined when there is none. */
  set(id: string): Promise<ArmResult<PolicySet | undefined>>;
  exemptions(subscriptionId: string): Promise<ArmResult<readonly PolicyExemption[]>>;
  /** Counts of Kubernetes clusters of a subscription under one assignment, by their latest states. */
  summary(subscriptionId: string, assignmentId: string): Promise<ArmResult<PolicySummary>>;
  /** Latest states of Kubernetes clusters that do not comply with one assignment, page by page. May throw `Transient`. */
  nonCompliant(subscriptionId: string, assignmentId: string): AsyncIterable<readonly PolicyState[]>;
  /** Starts an evaluation of a subscription, which takes minutes to hours; one that runs already is joined. */
  evaluate(subscriptionId: string): Promise<ArmResult<PolicyEvaluation>>;
  /** How an evaluation stands, in the words of `PolicyEvaluation.state`; undefined when Azure knows it no more. */
  evaluation(operationUrl: string): Promise<ArmResult<string | undefined>>;
  /**
   * Starts a task; the same one again is told as it stands. An assignment of an initiative needs `referenceId`. Throws `RangeError`
   * for no resources (Azure would take all) or more than 100.
   */
  createRemediation(request: RemediationRequest): Promise<ArmResult<Remediation>>;
  /** Undefined when there is none. */
  remediation(subscriptionId: string, name: string): Promise<ArmResult<Remediation | undefined>>;
  /** Deployments that run come to their end; a task that is over is `refused`. */
  cancelRemediation(subscriptionId: string, name: string): Promise<ArmResult<void>>;
}
