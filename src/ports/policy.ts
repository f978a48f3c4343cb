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

/** A remediation task. `ids` are cluster ids, at most 100. */
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
  readonly provisioningState: string;
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
}

/** Azure Policy: assignments, states and remediation tasks. Reads are pages; faults are those of ARM. */
export interface Policy {
  /** Assignments that reach the subscription: its own, inherited ones, and those below it. */
  assignments(subscriptionId: string): Promise<ArmResult<readonly PolicyAssignment[]>>;
  definition(id: string): Promise<ArmResult<PolicyDefinition | undefined>>;
  set(id: string): Promise<ArmResult<PolicySet | undefined>>;
  exemptions(subscriptionId: string): Promise<ArmResult<readonly PolicyExemption[]>>;
  /** Latest states of resources of Kubernetes clusters under one assignment, page by page. May throw `Transient`. */
  states(subscriptionId: string, assignmentId: string): AsyncIterable<readonly PolicyState[]>;
  /** Starts an evaluation of a subscription; one that runs already is joined. */
  evaluate(subscriptionId: string): Promise<ArmResult<void>>;
  createRemediation(request: RemediationRequest): Promise<ArmResult<Remediation>>;
  remediation(subscriptionId: string, name: string): Promise<ArmResult<Remediation | undefined>>;
  cancelRemediation(subscriptionId: string, name: string): Promise<ArmResult<void>>;
}
