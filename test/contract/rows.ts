import type { DeferredRow, LiveRow, OriginalRow, ResultRow, Target } from '../../src/contracts/cluster-rows.ts';
import type { Command } from '../../src/contracts/command.ts';
import type { EventRow } from '../../src/contracts/event.ts';
import { RolloutRequest } from '../../src/contracts/rollout-request.ts';
import type { Rollout } from '../../src/contracts/rollout-state.ts';
import type { NewRollout, RolloutStore, Step } from '../../src/ports/rollout-store.ts';

/** Rows for the contract suites: complete, small, told apart by their ordinals. */

export const ROLLOUT_ID = '01JDABCDEFGHJKMNPQRSTVWXYZ';

const ACTOR = { kind: 'key', name: 'ops' } as const;

export function target(ordinal: number): Target {
  const group = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-${ordinal % 7}`;
  return {
    ordinal,
    clusterId: `${group}/providers/Microsoft.Kubernetes/connectedClusters/cluster-${ordinal}`,
    extension: 'Succeeded',
    offline: false,
    values: { 'cluster.name': `cluster-${ordinal}` },
  };
}

export function targets(count: number): Target[] {
  return Array.from({ length: count }, (_, ordinal) => target(ordinal));
}

export function rollout(size: number, changes: Partial<Rollout> = {}): Rollout {
  return {
    schema: 1,
    id: ROLLOUT_ID,
    name: 'shop',
    createdAt: 1000,
    createdBy: ACTOR,
    planHash: 'abc',
    actions: ['ensure the extension', 'apply shop'],
    subjects: ['shop'],
    targets: size,
    offline: 'defer',
    deferForSeconds: 86_400,
    maxFailures: 0,
    warnings: [],
    stages: [stage(size)],
    status: 'Running',
    statusSince: 1000,
    stop: 'none',
    failuresExcused: 0,
    verified: false,
    nextCheckAt: 2000,
    wakeAt: 2000,
    deferCheckedAt: 1000,
    soakCheckedAt: 1000,
    polledAt: 1000,
    eventSequence: 1,
    eventHash: 'h1',
    ...changes,
  };
}

function stage(size: number): Rollout['stages'][number] {
  return {
    name: 'all',
    first: 0,
    size,
    maxConcurrency: 10,
    maxFailures: 0,
    soakSeconds: 0,
    progressDeadlineSeconds: 900,
    gates: {},
    phase: 'Running',
    phaseSince: 1000,
    next: 0,
    counts: { Succeeded: 0, Unchanged: 0, Failed: 0, TimedOut: 0, Skipped: 0, Deferred: 0, Cancelled: 0 },
    failuresExcused: 0,
    deferred: 0,
    regressed: 0,
    approvals: [],
  };
}

export function live(ordinal: number, changes: Partial<LiveRow> = {}): LiveRow {
  return {
    schema: 1,
    ordinal,
    stage: 0,
    target: target(ordinal),
    attempt: 1,
    action: 0,
    changed: false,
    step: 1,
    state: 'queued',
    since: 1000,
    slotAt: 1000,
    tries: 0,
    wrote: false,
    ...changes,
  };
}

export function result(ordinal: number): ResultRow {
  return {
    schema: 1,
    ordinal,
    stage: 0,
    clusterId: target(ordinal).clusterId,
    attempt: 1,
    wrote: true,
    outcome: { verdict: 'Succeeded', code: 'Compliant', detail: 'The agent reported it.', at: 3000 },
  };
}

export function deferred(ordinal: number): DeferredRow {
  return {
    schema: 1,
    ordinal,
    stage: 0,
    target: target(ordinal),
    attempt: 1,
    action: 0,
    changed: false,
    wrote: false,
    since: 1000,
    until: 2000,
    code: 'Offline',
  };
}

export function original(ordinal: number, action: number, resource: OriginalRow['resource'] = { a: 1 }): OriginalRow {
  return { schema: 1, ordinal, action, recordedAt: 1500, resource };
}

export function command(id: string, at: number): Command {
  return { schema: 1, id, kind: 'pause', actor: ACTOR, at, reason: `because of ${id}` };
}

export function event(sequence: number): EventRow {
  return {
    schema: 1,
    sequence,
    at: 1000 + sequence,
    events: [{ type: 'StageStarted', at: 1000 + sequence, actor: ACTOR, stage: 'all' }],
    previousHash: `h${sequence - 1}`,
    hash: `h${sequence}`,
  };
}

/** A request with one kustomization per path. */
export function request(paths: readonly string[] = ['./apps']): RolloutRequest {
  return RolloutRequest.parse({
    name: 'shop',
    change: {
      configurations: [
        {
          name: 'shop',
          sourceKind: 'GitRepository',
          gitRepository: { url: 'https://git.example/shop.git', repositoryRef: { branch: 'main' } },
          kustomizations: Object.fromEntries(paths.map((path, index) => [`k${index}`, { path }])),
        },
      ],
    },
    strategy: { stages: [{ name: 'all' }] },
  });
}

export function newRollout(size: number, changes: Partial<NewRollout> = {}): NewRollout {
  return { rollout: rollout(size), request: request(), targets: targets(size), event: event(1), ...changes };
}

/** A step from the present header that changes nothing but what is given. */
export async function step(store: RolloutStore, changes: Partial<Step> = {}): Promise<Step> {
  const header = await store.header(ROLLOUT_ID);
  if (header === undefined) throw new Error('Create the rollout first.');
  return {
    rollout: header,
    insertLive: [],
    updateLive: [],
    deleteLive: [],
    insertResults: [],
    updateResults: [],
    insertDeferred: [],
    deleteDeferred: [],
    deleteCommands: [],
    event: undefined,
    ...changes,
  };
}

/** Inserts live rows `0 … count - 1`, in as many commits as they need. */
export async function insertLive(store: RolloutStore, count: number): Promise<void> {
  for (let from = 0; from < count; from += 99) {
    const rows = Array.from({ length: Math.min(99, count - from) }, (_, index) => live(from + index));
    const done = await store.commit(await step(store, { insertLive: rows }));
    if (done !== 'committed') throw new Error('Nobody else writes here.');
  }
}
