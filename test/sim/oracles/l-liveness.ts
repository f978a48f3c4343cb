import { hasEnded } from '../../../src/contracts/rollout-state.ts';
import type { LiveRow } from '../../../src/contracts/cluster-rows.ts';
import type { Mirror } from '../world/facts.ts';
import { shortName, type OracleSpec } from './oracle.ts';

/** Sweeps are a minute apart; three of them are grace. */
const SWEEP_MS = 60_000;

/** L1: once faults stop and people answer, every rollout ends. The run stops at its bound; who has not ended by then hangs. */
export const L1: OracleSpec = {
  id: 'L1',
  about: 'every rollout ends',
  create: (view, report) => ({
    atEnd: () => {
      for (const mirror of view.recorder.mirrors.values()) {
        const { status, waiting, stop } = mirror.header;
        if (hasEnded(status)) continue;
        const rows = [...mirror.live.values()].map(({ ordinal, state }) => `${ordinal}:${state}`).join(' ');
        report(
          `${shortName(mirror)} is ${status} (stop ${stop}, ${waiting?.code ?? 'no reason'}: ${waiting?.detail ?? ''}) with ${rows || 'nothing in flight'}`,
        );
      }
    },
  }),
};

/**
 * L2: a cluster in flight is done with each step by its deadline plus five sweeps, whatever its state; looked at after faults
 * stopped. The deadline counts from the first claim of the step, by the request; the time in line (taken back by a stop,
 * or no slot free) is not the cluster's.
 */
export const L2: OracleSpec = {
  id: 'L2',
  about: 'every cluster in flight gets a verdict soon after its deadline',
  create: (view, report) => {
    const startedAt = new Map<string, number>();
    const inLineFrom = new Map<string, number>();
    return {
      observe: (fact) => {
        if (fact.kind === 'liveSaved') follow(keyOf(fact.mirror, fact.after), fact.after);
        if (fact.kind !== 'committed') return;
        for (const { value } of fact.step.updateLive) follow(keyOf(fact.mirror, value), value);
        const healedAt = view.healedAt();
        if (healedAt !== undefined) for (const row of fact.mirror.live.values()) check(fact.mirror, row, healedAt);
      },
    };

    function follow(key: string, { state, slotAt, deadlineAt }: LiveRow): void {
      const now = view.now();
      // After a removal the step begins anew: what it needs gone is gone.
      if (deadlineAt === undefined) startedAt.delete(key);
      if (state === 'claimed' && !startedAt.has(key)) startedAt.set(key, now);
      const from = inLineFrom.get(key);
      if (state === 'held') inLineFrom.set(key, from ?? Math.max(slotAt, now));
      if (state === 'held' || from === undefined) return;
      inLineFrom.delete(key);
      startedAt.set(key, (startedAt.get(key) ?? now) + Math.max(0, now - from));
    }

    function check(mirror: Mirror, row: LiveRow, healedAt: number): void {
      const key = keyOf(mirror, row);
      const started = startedAt.get(key);
      if (started === undefined || row.state === 'held' || row.state === 'queued' || row.state === 'done') return;
      // A claim whose handler died waits for a new slot, and a throttled subscription has none for minutes.
      const isDead = row.state === 'claimed' && view.now() > (row.claimedUntil ?? 0);
      const due = Math.max(started + deadlineMs(mirror, row), healedAt) + (isDead ? 25 : 5) * SWEEP_MS;
      if (view.now() <= due) return;
      startedAt.delete(key);
      report(
        `${shortName(mirror)} cluster ${row.ordinal} is ${row.state} ${view.now() - due} ms after its time was over`,
      );
    }
  },
};

function keyOf(mirror: Mirror, { ordinal, attempt, action }: LiveRow): string {
  return `${mirror.id}/${ordinal}/${attempt}/${action}`;
}

function deadlineMs({ header, request }: Mirror, { stage }: LiveRow): number {
  const name = header.stages[stage]?.name;
  const asked = request.strategy.stages.find((one) => one.name === name)?.progressDeadline;
  return (asked ?? request.strategy.progressDeadline) * 1000;
}

/** L4: no lease of a rollout that has ended outlives its own expiry or is in another's way: it is given back. */
export const L4: OracleSpec = {
  id: 'L4',
  about: 'no lease is held for an ended rollout once its time is over',
  create: (view, report) => ({
    atEnd: () => {
      for (const lease of view.recorder.leases.values()) {
        const mirror = view.recorder.mirrors.get(lease.holder ?? '');
        if (mirror === undefined || !hasEnded(mirror.header.status)) continue;
        const endedAt = mirror.header.endedAt ?? 0;
        const longest = 3 * 3_600_000;
        if (lease.expiresAt > Math.max(endedAt, view.now()) + longest)
          report(
            `${shortName(mirror)} has ended, its lease on ${lease.clusterId} lasts until ${lease.expiresAt - endedAt} ms later`,
          );
      }
    },
  }),
};

/** L5: a stored command is consumed within three sweeps, once faults have stopped. */
export const L5: OracleSpec = {
  id: 'L5',
  about: 'commands take effect',
  create: (view, report) => {
    let checkedAt = 0;
    return {
      observe: () => {
        const healedAt = view.healedAt();
        const now = view.now();
        if (healedAt === undefined || now < checkedAt + SWEEP_MS) return;
        checkedAt = now;
        for (const mirror of view.recorder.mirrors.values()) {
          const late = [...mirror.pending.values()].find(({ at }) => now > Math.max(at, healedAt) + 3 * SWEEP_MS);
          if (hasEnded(mirror.header.status) || late === undefined) continue;
          report(`${shortName(mirror)} has not consumed ${late.kind}, given ${now - late.at} ms ago`);
          return;
        }
      },
    };
  },
};

/** L8: the queues run dry: what is left are messages that are scheduled for later. */
export const L8: OracleSpec = {
  id: 'L8',
  about: 'queues drain',
  create: (view, report) => ({
    atEnd: () => {
      if ([...view.recorder.mirrors.values()].some(({ header }) => !hasEnded(header.status))) return;
      for (const queue of view.bus.queues.values()) {
        const next = queue.nextVisibleAt() ?? Infinity;
        if (next < view.now() - 2 * SWEEP_MS) report(`${queue.spec.name} still holds ${queue.size} messages`);
      }
    },
  }),
};
