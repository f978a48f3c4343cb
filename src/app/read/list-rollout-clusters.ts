import type { DeferredRow, LiveRow, ResultRow } from '../../contracts/cluster-rows.ts';
import { Refusal } from '../../contracts/errors.ts';
import { TARGETS_PER_PAGE } from '../../contracts/limits.ts';
import { hasEnded, type Rollout } from '../../contracts/rollout-state.ts';
import { Verdict } from '../../contracts/verdict.ts';
import type { Deps } from '../deps.ts';
import { unknownRollout } from '../give-command.ts';
import { readChoice, readLimit, readNumberContinuation, type Page } from './page.ts';
import { isoTime } from './rollout-view.ts';

/** Where a cluster stands: its verdict once it has one, before that how far it is. */
const STATES = [...Verdict.options, 'NotStarted', 'Waiting', 'Queued', 'InFlight'] as const;
type State = (typeof STATES)[number];

/** `GET /api/rollouts/{id}/clusters`: in dispatch order, optionally of one stage or state. */
export async function listRolloutClusters(
  deps: Deps,
  rolloutId: string,
  query: { readonly stage?: string; readonly state?: string; readonly limit?: string; readonly continuation?: string },
): Promise<Page<object>> {
  const header = await deps.store.header(rolloutId);
  if (header === undefined) throw unknownRollout(rolloutId);
  const rollout = header.value;
  const range = stageRange(rollout, query.stage);
  const wanted = readChoice('state', query.state, STATES);
  const limit = readLimit(query.limit);
  const items: { ordinal: number; state: State }[] = [];
  let from = Math.max(range.from, readNumberContinuation(query.continuation));
  while (from <= range.to && items.length < limit) {
    const to = Math.min(range.to, from + TARGETS_PER_PAGE - 1);
    const page = await readClusters(deps, rollout, from, to);
    items.push(...page.filter(({ state }) => wanted === undefined || state === wanted));
    from = to + 1;
  }
  const shown = items.slice(0, limit);
  const last = shown[shown.length - 1];
  const next = items.length > limit && last !== undefined ? last.ordinal + 1 : from;
  return { items: shown, ...(next <= range.to && { continuation: String(next) }) };
}

function stageRange(rollout: Rollout, name: string | undefined): { from: number; to: number } {
  if (name === undefined) return { from: 0, to: rollout.targets - 1 };
  const stage = rollout.stages.find((one) => one.name === name);
  if (stage !== undefined) return { from: stage.first, to: stage.first + stage.size - 1 };
  const detail = `There is no stage ${name}; the stages are ${rollout.stages.map((one) => one.name).join(', ')}.`;
  throw new Refusal(400, 'InvalidQuery', detail, [{ field: 'stage', code: 'InvalidQuery', detail }]);
}

async function readClusters(deps: Deps, rollout: Rollout, from: number, to: number) {
  const range = { from, to };
  const [targets, results, live, deferred] = await Promise.all([
    deps.store.targets(rollout.id, range),
    deps.store.results(rollout.id, range),
    deps.store.liveRows(rollout.id, range),
    deps.store.deferred(rollout.id, range, TARGETS_PER_PAGE),
  ]);
  const resultOf = new Map(results.map(({ value }) => [value.ordinal, value]));
  const liveOf = new Map(live.map((row) => [row.ordinal, row]));
  const deferredOf = new Map(deferred.map((row) => [row.ordinal, row]));
  return targets.map((target) => ({
    ordinal: target.ordinal,
    id: target.clusterId,
    stage: rollout.stages.find(({ first, size }) => target.ordinal >= first && target.ordinal < first + size)?.name,
    ...describe(rollout, resultOf.get(target.ordinal), liveOf.get(target.ordinal), deferredOf.get(target.ordinal)),
  }));
}

function describe(
  rollout: Rollout,
  result: ResultRow | undefined,
  live: LiveRow | undefined,
  deferred: DeferredRow | undefined,
): { state: State; [fact: string]: unknown } {
  if (result !== undefined) return resultFacts(result);
  if (live !== undefined) return liveFacts(live);
  const ended = hasEnded(rollout.status);
  if (deferred !== undefined) {
    const state = ended ? 'Deferred' : 'Waiting';
    return {
      state,
      code: deferred.code,
      detail: 'The cluster is offline.',
      since: isoTime(deferred.since),
      until: isoTime(deferred.until),
    };
  }
  if (!ended) return { state: 'NotStarted' };
  return {
    state: 'Cancelled',
    code: 'NotStarted',
    detail: `The rollout ended as ${rollout.status} before this cluster's turn.`,
  };
}

function resultFacts({ outcome, attempt, wrote, startedAt, regressed }: ResultRow): {
  state: State;
  [fact: string]: unknown;
} {
  const { verdict, code, detail, at, evidence } = outcome;
  return {
    state: verdict,
    code,
    detail,
    attempt,
    written: wrote,
    ...(startedAt !== undefined && { startedAt: isoTime(startedAt) }),
    finishedAt: isoTime(at),
    ...(evidence && {
      evidence: { ...evidence, ...(evidence.statusAt !== undefined && { statusAt: isoTime(evidence.statusAt) }) },
    }),
    ...(regressed && { regressed: { ...regressed, at: isoTime(regressed.at) } }),
  };
}

function liveFacts(row: LiveRow): { state: State; [fact: string]: unknown } {
  const { state, attempt, wrote, waiting, outcome } = row;
  if (outcome !== undefined) {
    return {
      state: outcome.verdict,
      code: outcome.code,
      detail: outcome.detail,
      attempt,
      written: wrote,
      finishedAt: isoTime(outcome.at),
    };
  }
  return {
    state: state === 'queued' || state === 'held' ? 'Queued' : 'InFlight',
    step: state,
    attempt,
    written: wrote,
    since: isoTime(row.since),
    ...(row.deadlineAt !== undefined && { deadlineAt: isoTime(row.deadlineAt) }),
    ...(waiting && { waiting }),
  };
}
