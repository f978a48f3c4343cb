import type { Json } from '../flux/json.ts';

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
  readonly parameters: Json;
  readonly resourceSelectors: readonly Json[];
  readonly overrides: readonly Json[];
  /** Object id of its managed identity: who its deployments run as. */
  readonly principalId: string | undefined;
  /** Application id of that identity; ARM tells it of user-assigned ones only. */
  readonly clientId?: string;
}

/** A definition with the defaults of its parameters. */
export interface PolicyDefinition {
  readonly id: string;
  readonly displayName: string;
  readonly parameterDefaults: Json;
}

/** One definition inside an initiative, with the parameters passed on to it, which may say `[parameters('x')]`. */
export interface PolicySetMember {
  readonly referenceId: string;
  readonly definitionId: string;
  readonly parameters: Json;
}

/** An initiative. */
export interface PolicySet {
  readonly id: string;
  readonly parameterDefaults: Json;
  readonly members: readonly PolicySetMember[];
}

/** Something that an assignment leaves alone. */
export interface PolicyExemption {
  readonly assignmentId: string;
  /** Absent: all members of an initiative. */
  readonly referenceIds: readonly string[] | undefined;
  readonly scope: string;
  /** Milliseconds since the epoch; absent: it does not expire. */
  readonly expiresAt: number | undefined;
  /** Narrows the exemption as the selectors of an assignment do; absent: everything in its scope. */
  readonly resourceSelectors?: readonly Json[];
}
