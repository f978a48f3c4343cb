import type { DeferredRow, LiveRow, ResultRow, Target } from '../../../../src/contracts/cluster-rows.ts';
import type { Command } from '../../../../src/contracts/command.ts';
import type { Rollout } from '../../../../src/contracts/rollout-state.ts';
import { admit, type Offer } from '../../../../src/core/rollout/admit.ts';
import type { Verdict } from '../../../../src/contracts/verdict.ts';
import { advance, type Decision } from '../../../../src/core/rollout/advance.ts';
import { openStage } from '../../../../src/core/rollout/commands.ts';
import { sighted, type Sighting, type Sightings } from '../../../../src/core/rollout/sightings.ts';
import { alice, bob, carol, command, outcome, T0, target } from './builders.ts';
import { deepFreeze } from './given.ts';
import type { Action, RolloutShape } from './histories.ts';

/** One engine step as the laws see it. */
export interface Taken {
  readonly before: Rollout;
  readonly liveBefore: readonly LiveRow[];
  readonly deferredBefore: readonly DeferredRow[];
  /** What `advance` said. */
  readonly decided: Decision;
  /** With what `admit` put on top of it: this is committed. */
  readonly decision: Decision;
  /** Decides the same input once more. */
  readonly again: () => Decision;
  /** Every result so far, this step's included. */
  readonly results: ReadonlyMap<number, ResultRow>;
}

const PEOPLE = [alice, bob, carol];

/**
 * A rollout with its rows, as the store would hold them, moved by actions: what operations write into live rows, what looks
 * bring, what people ask for, and steps of the engine. The application's own rules are kept (a claim is refused on a row
 * that is not queued …), everything else is up to the history.
 */
export class World {
  rollout: Rollout;
  live = new Map<number, LiveRow>();
  deferred = new Map<number, DeferredRow>();
  readonly results = new Map<number, ResultRow>();
  now = T0;
  readonly #shape: RolloutShape;
  readonly #onStep: (taken: Taken) => void;
  #commands: Command[] = [];
  #clusters: Sighting[] = [];
  #regressed = new Set<number>();
  #ids = 0;

  constructor(rollout: Rollout, shape: RolloutShape, onStep: (taken: Taken) => void) {
    this.rollout = rollout;
    this.#shape = shape;
    this.#onStep = onStep;
  }

  do(action: Action): void {
    switch (action.kind) {
      case 'wait':
        this.now += action.seconds * 1000;
        return;
      case 'claim':
        return this.#change('queued', action.pick, (row) => claimed(row, this.now));
      case 'operate':
        return this.#change('claimed', action.pick, (row) => operated(row, action.ending, this.now, this.#isLast(row)));
      case 'flow':
        for (let pick = this.live.size - 1; pick >= 0; pick--) {
          this.do({ kind: 'claim', pick: 0 });
          this.do({ kind: 'operate', pick: 0, ending: action.ending });
          this.#see({ kind: 'see', pick, what: action.what, isStale: false });
        }
        return;
      case 'see':
        return this.#see(action);
      case 'command':
        return this.give(action.command, action.who);
      case 'regress': {
        const good = [...this.results.keys()];
        const ordinal = good[action.pick % Math.max(1, good.length)];
        if (ordinal !== undefined) this.#regressed.add(ordinal);
        return;
      }
      case 'step':
        return this.step(action);
    }
  }

  give(kind: Command['kind'], who: number): void {
    const actor = PEOPLE[who % PEOPLE.length]!;
    this.#commands.push({ ...command(kind, actor, `command-${++this.#ids}`), at: this.now });
  }

  /** One step: what was seen since the last one, `slots` offers at the most, deferred clusters back when `back` says so. */
  step({ slots, back, looks }: { slots: number; back: boolean; looks: boolean }): void {
    const sightings = this.#sightings(back, looks);
    const input = deepFreeze([this.rollout, [...this.live.values()], [...this.#commands], sightings] as const);
    const deferredBefore = [...this.deferred.values()];
    const decided = advance(...input, this.now);
    const offers = deepFreeze(this.#offers(decided, slots, back));
    const decision = admit(decided, offers);
    const { now } = this;
    const again = (): Decision => admit(advance(...input, now), offers);
    this.#store(decision);
    const [before, liveBefore] = input;
    this.#onStep({ before, liveBefore, deferredBefore, decided, decision, again, results: this.results });
  }

  #store(decision: Decision): void {
    for (const row of decision.results) {
      if (this.results.has(row.ordinal)) throw new Error(`cluster ${row.ordinal} has two results`);
      this.results.set(row.ordinal, row);
    }
    for (const row of decision.regressions) this.results.set(row.ordinal, row);
    for (const ordinal of decision.deleteDeferred) {
      if (!this.deferred.delete(ordinal)) throw new Error(`cluster ${ordinal} was not deferred`);
    }
    for (const row of decision.insertDeferred) this.deferred.set(row.ordinal, row);
    this.live = applyRows(this.live, decision);
    this.rollout = decision.rollout;
    const consumed = new Set(decision.consumed);
    this.#commands = this.#commands.filter(({ id }) => !consumed.has(id));
    this.#clusters = [];
  }

  #change(state: LiveRow['state'], pick: number, change: (row: LiveRow) => LiveRow): void {
    const candidates = [...this.live.values()].filter((row) => row.state === state);
    const chosen = candidates[pick % Math.max(1, candidates.length)];
    if (chosen !== undefined) this.live.set(chosen.ordinal, change(chosen));
  }

  #see({ pick, what, isStale }: Extract<Action, { kind: 'see' }>): void {
    const all = [...this.live.values()];
    const row = all[pick % Math.max(1, all.length)];
    if (row === undefined) return;
    const of = { ...sighted(row), ...(isStale && { step: row.step + 1 }) };
    this.#clusters.push(
      what === 'offline'
        ? { ...of, kind: what, detail: 'The cluster is Offline.' }
        : what === 'looked' || what === 'again'
          ? { ...of, kind: what }
          : { ...of, kind: 'outcome', outcome: outcome(verdictOf(row, what), { at: this.now }) },
    );
  }

  #isLast({ action }: LiveRow): boolean {
    return action === this.rollout.actions.length - 1;
  }

  #sightings(back: boolean, looks: boolean): Sightings {
    const clusters = this.#clusters;
    if (!looks) return { clusters };
    const open = openStage(this.rollout);
    const allDone = open === undefined && this.live.size === 0 && this.deferred.size === 0;
    const waitedFor = [...this.deferred.values()];
    const regressions = [...this.#regressed].flatMap((ordinal) => {
      const row = this.results.get(ordinal);
      const wasGood = row && (row.outcome.verdict === 'Succeeded' || row.outcome.verdict === 'Unchanged');
      return wasGood && !row.regressed ? [{ row, code: 'BuildFailed', detail: 'went bad' }] : [];
    });
    const mine = regressions.filter(({ row }) => open !== undefined && row.stage === this.rollout.stages.indexOf(open));
    const isStopped = this.rollout.stop !== 'none';
    return {
      clusters,
      polled: true,
      plan: { create: 1, update: 0, remove: 0, unchanged: 0, installExtension: 0, offline: 0 },
      deferral: { expired: back || isStopped ? [] : waitedFor.filter(({ until }) => this.now >= until) },
      ...(open?.phase === 'Soaking' && !isStopped && { soak: { regressions: mine, complete: true } }),
      ...(allDone && !isStopped && { verification: { regressions, complete: true } }),
    };
  }

  /** What `gatherOffers` offers: rows to send again, clusters that came back, the next ones in their frozen order. */
  #offers(decision: Decision, slots: number, back: boolean): Offer[] {
    const slotAt = this.now + 500;
    const expired = new Set(decision.deleteDeferred);
    const returned = [...this.deferred.values()].filter(({ ordinal }) => back && !expired.has(ordinal));
    const stage = openStage(decision.rollout);
    const left = stage?.phase === 'Running' ? stage.first + stage.size - stage.next : 0;
    return [
      ...decision.requeue.map((ordinal): Offer => ({ kind: 'requeue', ordinal, slotAt })),
      ...returned.slice(0, decision.room).map((row): Offer => ({ kind: 'returned', row, slotAt })),
      ...Array.from({ length: decision.room === 0 ? 0 : left }, (_, index): Offer => {
        const ordinal = (stage?.next ?? 0) + index;
        return { kind: 'next', target: this.#target(ordinal), slotAt };
      }),
    ].slice(0, slots);
  }

  #target(ordinal: number): Target {
    const { offline, blocked } = this.#shape;
    const reason = { code: 'FluxV1Present', detail: 'Flux v1 is on the cluster.' };
    return target(ordinal, {
      offline: offline.includes(ordinal),
      ...(blocked.includes(ordinal) && { blocked: reason }),
    });
  }
}

export function applyRows(live: ReadonlyMap<number, LiveRow>, decision: Decision): Map<number, LiveRow> {
  const rows = new Map(live);
  for (const ordinal of decision.deleteLive) {
    if (!rows.delete(ordinal)) throw new Error(`row ${ordinal} was not there to delete`);
  }
  for (const row of decision.updateLive) {
    if (!rows.has(row.ordinal)) throw new Error(`row ${row.ordinal} was not there to update`);
    rows.set(row.ordinal, row);
  }
  for (const row of decision.insertLive) {
    if (rows.has(row.ordinal)) throw new Error(`row ${row.ordinal} was there already`);
    rows.set(row.ordinal, row);
  }
  return rows;
}

function claimed(row: LiveRow, now: number): LiveRow {
  return {
    ...row,
    state: 'claimed',
    since: now,
    claimedUntil: now + 45_000,
    startedAt: row.startedAt ?? now,
    deadlineAt: row.deadlineAt ?? now + 900_000,
  };
}

/** A good look says of this rollout's own write that it succeeded, and of anything else that nothing had to be done. */
function verdictOf({ state, wrote }: LiveRow, seen: Verdict): Verdict {
  if (seen !== 'Succeeded' && seen !== 'Unchanged') return seen;
  return state === 'written' && !wrote ? 'Unchanged' : 'Succeeded';
}

/** How an operation leaves its row. After its own write it awaits evidence instead of saying that nothing was to be done. */
function operated(
  row: LiveRow,
  ending: Extract<Action, { kind: 'operate' }>['ending'],
  now: number,
  isLast: boolean,
): LiveRow {
  const { claimedUntil: _claim, ...rest } = row;
  const goesOn = ending === 'onwards' && !isLast && !row.wrote;
  const led = ending === 'Unchanged' && row.wrote ? 'asDesired' : ending;
  switch (led) {
    case 'onwards':
      return {
        ...rest,
        action: row.action + (goesOn ? 1 : 0),
        state: 'written',
        since: now,
        wrote: true,
        writtenAt: now,
      };
    case 'written':
      return { ...rest, state: 'written', since: now, wrote: true, writtenAt: now };
    case 'asDesired':
      return { ...rest, state: 'written', since: now, writtenAt: now };
    case 'removing':
      return { ...rest, state: 'written', since: now, wrote: true, removing: true };
    case 'retry':
      return { ...rest, state: 'held', since: now, slotAt: now + 5000, tries: row.tries + 1 };
    case 'retryAfterWrite':
      return { ...rest, state: 'held', since: now, slotAt: now + 5000, tries: row.tries + 1, wrote: true };
    default:
      return { ...rest, state: 'done', since: now, outcome: outcome(led, { at: now }) };
  }
}
