import type { ArmJson, ArmResult } from './arm.ts';

/** One policy assignment that reaches a subscription, raw. */
export interface PolicyAssignment {
  readonly id: string;
  /** Where it is assigned: a management group, subscription, resource group or resource. */
  readonly scope: string;
  readonly displayName: string;
  /** A definition or an initiative (`policySetDefinitions`). */
  readonly definitionId: string;
  readonly notScopes: readonly string[];
  /** `Default`, `DoNotEnforce`, `Enroll`. */
  readonly enforcementMode: string;
  /** Values as assigned, by parameter name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resourceSelectors: readonly ArmJson[];
  readonly overrides: readonly ArmJson[];
  /** Object id of its managed identity: who its deployments run as. */
  readonly principalId: string | undefined;
}

/** A definition with the defaults of its parameters. */
export interface PolicyDefinition {
  readonly id: string;
  readonly displayName: string;
  readonly parameterDefaults: Readonly<Record<string, unknown>>;
}

/** An initiative: its definitions with the parameters that it passes on, which may say `[parameters('x')]`. */
export interface PolicySet {
  readonly id: string;
  readonly parameterDefaults: Readonly<Record<string, unknown>>;
  readonly members: readonly {
    readonly referenceId: string;
    readonly definitionId: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  }[];
}

export interface PolicyExemption {
  readonly assignmentId: string;
  /** Absent: all members of an initiative. */
  readonly referenceIds: readonly string[] | undefined;
  readonly scope: string;
  readonly expiresAt: number | undefined;
}

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
