import { GRAPH_PAGE_ROWS_MAX } from '../../contracts/limits.ts';
import { Transient } from '../../contracts/errors.ts';
import type { ArmFault, ArmResult } from '../../ports/arm.ts';
import type {
  Policy,
  PolicyAssignment,
  PolicyDefinition,
  PolicyExemption,
  PolicySet,
  PolicyEvaluation,
  PolicyState,
  PolicySummary,
  Remediation,
  RemediationRequest,
} from '../../ports/policy.ts';
import { checkRemediationSize } from '../remediation-size.ts';

/** A task with what it was asked for. */
export interface MemoryRemediation extends Remediation {
  readonly request: RemediationRequest;
}

/** Azure Policy in lists that a test fills and empties. Nothing happens by itself: tasks end when they are told to. */
export class MemoryPolicy implements Policy {
  readonly assigned: PolicyAssignment[] = [];
  readonly definitions: PolicyDefinition[] = [];
  readonly sets: PolicySet[] = [];
  readonly exempt: PolicyExemption[] = [];
  readonly found: PolicyState[] = [];
  /** Subscriptions that an evaluation was asked for, one entry per call. */
  readonly evaluated: string[] = [];
  /** How the evaluations stand, by where to ask for them; a test may have them forgotten. */
  readonly evaluations = new Map<string, string>();
  /** While set, every call fails with it. */
  fault: ArmFault | undefined;
  readonly #tasks = new Map<string, MemoryRemediation>();

  /** All tasks in the order of their creation. */
  get remediations(): readonly MemoryRemediation[] {
    return [...this.#tasks.values()];
  }

  async assignments(subscriptionId: string): Promise<ArmResult<readonly PolicyAssignment[]>> {
    return this.#answer(() => this.assigned.filter(({ scope }) => concerns(scope, subscriptionId)));
  }

  async definition(id: string): Promise<ArmResult<PolicyDefinition | undefined>> {
    return this.#answer(() => this.definitions.find((each) => isSame(each.id, id)));
  }

  async set(id: string): Promise<ArmResult<PolicySet | undefined>> {
    return this.#answer(() => this.sets.find((each) => isSame(each.id, id)));
  }

  async exemptions(subscriptionId: string): Promise<ArmResult<readonly PolicyExemption[]>> {
    return this.#answer(() => this.exempt.filter(({ scope }) => concerns(scope, subscriptionId)));
  }

  async summary(subscriptionId: string, assignmentId: string): Promise<ArmResult<PolicySummary>> {
    return this.#answer(() => countStates(this.#states(subscriptionId, assignmentId)));
  }

  async *nonCompliant(subscriptionId: string, assignmentId: string): AsyncGenerator<readonly PolicyState[]> {
    if (this.fault !== undefined) throw new Transient('PolicyUnavailable', `Azure Policy: ${this.fault.kind}.`);
    const rows = this.#states(subscriptionId, assignmentId).filter(isNonCompliant);
    for (let first = 0; first < rows.length; first += GRAPH_PAGE_ROWS_MAX) {
      yield rows.slice(first, first + GRAPH_PAGE_ROWS_MAX);
    }
  }

  #states(subscriptionId: string, assignmentId: string): PolicyState[] {
    return this.found.filter(
      (state) => isSame(state.assignmentId, assignmentId) && concerns(state.resourceId, subscriptionId),
    );
  }

  async evaluate(subscriptionId: string): Promise<ArmResult<PolicyEvaluation>> {
    return this.#answer(() => {
      this.evaluated.push(subscriptionId);
      const operationUrl = evaluationUrl(subscriptionId);
      this.evaluations.set(operationUrl, 'Running');
      return { state: 'Running', operationUrl };
    });
  }

  async evaluation(operationUrl: string): Promise<ArmResult<string | undefined>> {
    return this.#answer(() => this.evaluations.get(operationUrl));
  }

  /** Ends the evaluation of a subscription. */
  finishEvaluation(subscriptionId: string, state = 'Succeeded'): void {
    this.evaluations.set(evaluationUrl(subscriptionId), state);
  }

  async createRemediation(request: RemediationRequest): Promise<ArmResult<Remediation>> {
    checkRemediationSize(request);
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    const existing = this.#tasks.get(keyOf(request));
    if (existing !== undefined) {
      const isTheSame = JSON.stringify(existing.request) === JSON.stringify(request);
      return isTheSame ? { ok: true, value: outside(existing) } : refused('InvalidUpdateRemediationRequest');
    }
    const assignment = this.assigned.find(({ id }) => isSame(id, request.assignmentId));
    const set = this.sets.find(({ id }) => isSame(id, assignment?.definitionId ?? ''));
    const isMember = set?.members.some(({ referenceId }) => isSame(referenceId, request.referenceId ?? '')) ?? true;
    if (assignment === undefined || !isMember) return refused('InvalidCreateRemediationRequest');
    const task = { request, provisioningState: 'Accepted', total: 0, successful: 0, failed: 0 };
    this.#tasks.set(keyOf(request), task);
    return { ok: true, value: outside(task) };
  }

  async remediation(subscriptionId: string, name: string): Promise<ArmResult<Remediation | undefined>> {
    const task = this.#tasks.get(keyOf({ subscriptionId, name }));
    return this.#answer(() => task && outside(task));
  }

  async cancelRemediation(subscriptionId: string, name: string): Promise<ArmResult<void>> {
    if (this.fault !== undefined) return { ok: false, fault: this.fault };
    const key = keyOf({ subscriptionId, name });
    const task = this.#tasks.get(key);
    if (task === undefined) return refused('ResourceNotFound');
    if (!['Accepted', 'Evaluating'].includes(task.provisioningState)) return refused('InvalidCancelRemediationRequest');
    this.#tasks.set(key, { ...task, provisioningState: 'Cancelling' });
    return { ok: true, value: undefined };
  }

  /**
   * Ends a task with so many deployments that worked and did not; one that is being cancelled ends cancelled.
   *
   * @throws Error when there is no such task
   */
  finishRemediation(subscriptionId: string, name: string, successful: number, failed = 0): void {
    const key = keyOf({ subscriptionId, name });
    const task = this.#tasks.get(key);
    if (task === undefined) throw new Error(`there is no remediation '${name}'`);
    const total = successful + failed;
    this.#tasks.set(key, { ...task, provisioningState: endOf(task, failed, total), total, successful, failed });
  }

  #answer<T>(read: () => T): ArmResult<T> {
    return this.fault === undefined ? { ok: true, value: read() } : { ok: false, fault: this.fault };
  }
}

/** As Azure, one place for each scope. */
function evaluationUrl(subscriptionId: string): string {
  return `https://management.azure.com/subscriptions/${subscriptionId}/evaluation`;
}

function isNonCompliant({ complianceState }: PolicyState): boolean {
  return complianceState.toLowerCase() === 'noncompliant';
}

/** A cluster that does not comply with one member of an initiative does not comply. */
function countStates(states: readonly PolicyState[]): PolicySummary {
  const counts = { compliant: 0, nonCompliant: 0, exempt: 0, other: 0 };
  for (const [, ofCluster] of Map.groupBy(states, ({ resourceId }) => resourceId.toLowerCase())) {
    const words = new Set(ofCluster.map(({ complianceState }) => complianceState.toLowerCase()));
    if (words.has('noncompliant')) counts.nonCompliant++;
    else if (words.has('compliant')) counts.compliant++;
    else if (words.has('exempt')) counts.exempt++;
    else counts.other++;
  }
  return counts;
}

function endOf({ provisioningState, request }: MemoryRemediation, failed: number, total: number): string {
  if (provisioningState === 'Cancelling') return 'Canceled';
  if (failed > request.failureThreshold * total) return 'Failed';
  return failed === 0 ? 'Succeeded' : 'Complete';
}

function outside({ provisioningState, total, successful, failed }: MemoryRemediation): Remediation {
  return { provisioningState, total, successful, failed };
}

/** What lies in the subscription, or above it: there is one tree of management groups, and all is in it. */
function concerns(scope: string, subscriptionId: string): boolean {
  const isAbove = /^\/providers\/microsoft\.management\//i.test(scope);
  return isAbove || `${scope}/`.toLowerCase().startsWith(`/subscriptions/${subscriptionId}/`.toLowerCase());
}

function keyOf({ subscriptionId, name }: Pick<RemediationRequest, 'subscriptionId' | 'name'>): string {
  return `${subscriptionId}/${name}`.toLowerCase();
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function refused(code: string): { readonly ok: false; readonly fault: ArmFault } {
  return { ok: false, fault: { kind: 'refused', code, detail: 'Azure Policy refused the remediation.' } };
}
