import type { Cluster } from '../fleet/cluster.ts';
import type { Assignment, Exemption, Member } from './assignment.ts';
import type { RemediationTask } from './remediation-task.ts';
import { scopeKey } from './scopes.ts';

export type PolicyCompliance = 'Compliant' | 'NonCompliant' | 'Exempt';

/** What Policy last found out about a cluster under one member of an assignment. */
export interface PolicyState {
  readonly member: Member;
  readonly cluster: Cluster;
  readonly effect: string;
  readonly compliance: PolicyCompliance;
  readonly atMs: number;
}

/** An on-demand scan of one subscription. */
export interface Scan {
  readonly id: string;
  readonly subscriptionId: string;
  isRunning: boolean;
}

const SCANS_MAX = 1000;
const TASKS_MAX = 1000;

/** Everything that Azure Policy keeps in a simulated Azure. Nothing is in it until `PUT /admin/policies` assigns something. */
export class PolicyBook {
  /** Keys: `scopeKey` of the id. */
  readonly assignments = new Map<string, Assignment>();
  readonly exemptions = new Map<string, Exemption>();
  /** Clusters that wait for the evaluation after a write, with the time of the last write (milliseconds). */
  readonly pendingSinceMs = new Map<Cluster, number>();
  /** By member, then by cluster. */
  readonly #states = new Map<string, Map<Cluster, PolicyState>>();
  readonly #scans = new Map<string, Scan>();
  readonly #tasks = new Map<string, RemediationTask>();

  setState(state: PolicyState): void {
    const key = memberKey(state.member);
    const ofMember = this.#states.get(key) ?? new Map<Cluster, PolicyState>();
    this.#states.set(key, ofMember);
    ofMember.set(state.cluster, state);
  }

  dropState(member: Member, cluster: Cluster): void {
    this.#states.get(memberKey(member))?.delete(cluster);
  }

  state(member: Member, cluster: Cluster): PolicyState | undefined {
    return this.#states.get(memberKey(member))?.get(cluster);
  }

  /** All states of a subscription; those of clusters that are gone are forgotten on the way. */
  states(subscriptionId: string): PolicyState[] {
    const found: PolicyState[] = [];
    for (const ofMember of this.#states.values()) {
      for (const state of ofMember.values()) {
        if (state.cluster.deleted) ofMember.delete(state.cluster);
        else if (state.cluster.subscriptionId === subscriptionId) found.push(state);
      }
    }
    return found;
  }

  /** Removes an assignment with what is known under it. */
  unassign({ id }: Assignment): void {
    const key = scopeKey(id);
    this.assignments.delete(key);
    for (const [each, { assignmentId }] of this.exemptions) {
      if (scopeKey(assignmentId) === key) this.exemptions.delete(each);
    }
    for (const each of this.#states.keys()) if (each.startsWith(`${key}|`)) this.#states.delete(each);
  }

  addScan(scan: Scan): void {
    this.#scans.set(scan.id, scan);
    dropOldest(this.#scans, SCANS_MAX);
  }

  scan(id: string): Scan | undefined {
    return this.#scans.get(id.toLowerCase());
  }

  runningScan(subscriptionId: string): Scan | undefined {
    return [...this.#scans.values()].find((each) => each.isRunning && each.subscriptionId === subscriptionId);
  }

  addTask(task: RemediationTask): void {
    this.#tasks.set(scopeKey(task.id), task);
    dropOldest(this.#tasks, TASKS_MAX);
  }

  task(id: string): RemediationTask | undefined {
    return this.#tasks.get(scopeKey(id));
  }
}

function memberKey({ assignment, referenceId }: Member): string {
  return `${scopeKey(assignment.id)}|${referenceId ?? ''}`;
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  const oldest = map.keys().next();
  if (map.size > max && oldest.done !== true) map.delete(oldest.value);
}
