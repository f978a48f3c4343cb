import { MemoryPolicy } from '../../../src/adapters/memory/policy.ts';
import type { AzureWorld, WorldClock } from '../../../src/adapters/memory/azure-world.ts';
import { isJson, type Json } from '../../../src/core/flux/json.ts';
import { policyDesired } from '../../../src/core/policy/desired.ts';
import { meetsExistence } from '../../../src/core/policy/existence.ts';
import type { ArmResult } from '../../../src/ports/arm.ts';
import type { PolicyEvaluation, Remediation, RemediationRequest } from '../../../src/ports/policy.ts';
import { assignment, PUBLIC_GIT, publicGit } from '../../core/policy/support/records.ts';

const MINUTE_MS = 60_000;
/** Tasks and evaluations take this long at the least and at the most: ten to twenty minutes are usual. */
const TASK_MS = [8 * MINUTE_MS, 20 * MINUTE_MS] as const;
/** Between two looks of Policy at everything. */
const CYCLE_MS = 20 * MINUTE_MS;

const ROOT = '/providers/Microsoft.Management/managementGroups/root';
export const ASSIGNMENT = `${ROOT}/providers/Microsoft.Authorization/policyAssignments/base`;
/** What it deploys; no rollout knows of it. */
export const BASE = 'base';

const PARAMETERS = {
  configurationName: BASE,
  configurationNamespace: 'base-system',
  repositoryUrl: 'https://git.example/base',
  repositoryRefBranch: 'main',
};

/** Azure Policy that does something by itself: tasks deploy, evaluations end, states follow what is there. */
export class PolicyCloud extends MemoryPolicy {
  readonly #clock: WorldClock;
  readonly #azure: AzureWorld;
  /** A number in [0, 1) for each name. */
  readonly #unit: (name: string) => number;

  constructor(clock: WorldClock, azure: AzureWorld, unit: (name: string) => number) {
    super();
    this.#clock = clock;
    this.#azure = azure;
    this.#unit = unit;
  }

  /** Assigns the public Git definition to everything. */
  assign(): void {
    this.definitions.push(publicGit());
    this.assigned.push(assignment({ id: ASSIGNMENT, scope: ROOT, parameters: PARAMETERS }));
    const cycle = (): void => {
      this.#evaluate();
      this.#clock.after(CYCLE_MS, cycle);
    };
    this.#clock.after(CYCLE_MS, cycle);
  }

  override async createRemediation(request: RemediationRequest): Promise<ArmResult<Remediation>> {
    const { subscriptionId, name } = request;
    const isKnown = this.remediations.some((task) => task.request.name === name);
    const answer = await super.createRemediation(request);
    if (answer.ok && !isKnown) this.#later(name, () => this.#deploy(subscriptionId, name, request.resourceIds));
    return answer;
  }

  override async evaluate(subscriptionId: string): Promise<ArmResult<PolicyEvaluation>> {
    const isRunning = [...this.evaluations].some(([url, state]) => url.includes(subscriptionId) && state === 'Running');
    const answer = await super.evaluate(subscriptionId);
    if (isRunning) return answer;
    this.#later(`${subscriptionId}/${this.#clock.now()}`, () => {
      this.#evaluate();
      this.finishEvaluation(subscriptionId);
    });
    return answer;
  }

  #later(name: string, task: () => void): void {
    const [least, most] = TASK_MS;
    this.#clock.after(least + this.#unit(name) * (most - least), task);
  }

  /** Only where its own condition is not met, and as far as Azure lets it write. */
  #deploy(subscriptionId: string, name: string, resourceIds: readonly string[]): void {
    const task = this.remediations.find(({ request }) => request.name === name);
    const isCancelled = task?.provisioningState === 'Cancelling';
    const outcomes = resourceIds
      .filter((id) => !isCancelled && this.#azure.cluster(id) !== undefined && !this.#complies(id))
      .map((id) => isAccepted(this.#azure.configurations.put(id, BASE, withoutNulls(WANTED.properties))));
    const successful = outcomes.filter((accepted) => accepted).length;
    this.finishRemediation(subscriptionId, name, successful, outcomes.length - successful);
  }

  #evaluate(): void {
    this.found.length = 0;
    for (const { id } of this.#azure.fleet(() => 0)) {
      const complianceState = this.#complies(id) ? 'Compliant' : 'NonCompliant';
      const at = this.#clock.now();
      this.found.push({
        resourceId: id.toLowerCase(),
        assignmentId: ASSIGNMENT,
        referenceId: undefined,
        complianceState,
        at,
      });
    }
  }

  #complies(clusterId: string): boolean {
    const configurations = this.#azure.cluster(clusterId)?.configurations.values() ?? [];
    return [...configurations].some(({ properties }) => meetsExistence(PUBLIC_GIT, WANTED, properties));
  }
}

const WANTED = wanted();

function wanted() {
  const desired = policyDesired(PUBLIC_GIT, { ...publicGit().parameterDefaults, ...PARAMETERS });
  if (desired?.kind !== 'configuration') throw new Error('the assignment of the simulation cannot be read');
  return desired;
}

function isAccepted(answer: object | string): boolean {
  return typeof answer === 'string';
}

function withoutNulls(json: Json): Json {
  const entries = Object.entries(json).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([key, value]) => [key, isJson(value) ? withoutNulls(value) : value]));
}
