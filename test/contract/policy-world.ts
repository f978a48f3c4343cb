import type { ArmFault, ArmResult } from '../../src/ports/arm.ts';
import type { Policy } from '../../src/ports/policy.ts';

/** What is assigned. `name` is the last segment of the id. */
export interface Assigned {
  readonly name: string;
  readonly scope: string;
  readonly definition: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly enforcementMode?: 'Default' | 'DoNotEnforce';
  readonly notScopes?: readonly string[];
  readonly resourceSelectors?: readonly Readonly<Record<string, unknown>>[];
  readonly overrides?: readonly Readonly<Record<string, unknown>>[];
  readonly exemptions?: readonly {
    readonly name: string;
    readonly scope: string;
    readonly referenceIds?: readonly string[];
    readonly expiresOn?: string;
  }[];
}

/**
 * What the suite `policySuite` needs of an implementation of `Policy`. It is run on the real adapter against the simulated Azure
 * (`policy.test.ts`) and on the one in memory (`memory-policy.test.ts`). No cluster has a Flux extension or configuration, and nothing
 * is assigned at first.
 */
export interface PolicyWorld {
  readonly policy: Policy;
  /** Two subscriptions with clusters. */
  readonly subscriptions: readonly [string, string];
  /** ARM ids of two reachable clusters in the first subscription. */
  readonly clusters: readonly [string, string];
  /** A management group above both subscriptions. */
  readonly managementGroup: string;
  /** Answers the id of the assignment. */
  readonly assign: (assigned: Assigned) => Promise<string>;
  /** Lets everything that was begun come to its end: evaluations, remediations. */
  readonly settle: () => void;
  close(): Promise<void>;
}

const BUILT_IN = '/providers/Microsoft.Authorization';
export const PUBLIC_GIT = `${BUILT_IN}/policyDefinitions/83ea2fd1-9eaf-2f6d-f672-cd7b2ac798f6`;
export const EXTENSION = `${BUILT_IN}/policyDefinitions/f9175d5f-abc8-1dc3-bd3c-5d7476ada3d1`;
/** The extension (`fluxExtension`) and a public Git repository (`fluxBaseline`). */
export const INITIATIVE = `${BUILT_IN}/policySetDefinitions/6f1ea000-0000-4000-8000-000000000001`;
/** Parameters of the initiative that have no default. */
export const BASELINE = { baselineUrl: 'https://git.example/org/base' };

export function valueOf<T>(result: ArmResult<T>): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.fault)}`);
  return result.value;
}

export function faultOf(result: ArmResult<unknown>): ArmFault {
  if (result.ok) throw new Error(`expected a fault, got ${JSON.stringify(result.value)}`);
  return result.fault;
}
