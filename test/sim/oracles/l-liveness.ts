import { hasEnded } from '../../../src/contracts/rollout-state.ts';
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

/** L2: a cluster in flight gets its verdict by its deadline plus two sweeps, whatever its state; looked at after faults stopped. */
export const L2: OracleSpec = {
  id: 'L2',
  about: 'every cluster in flight gets a verdict soon after its deadline',
  create: (view, report) => {
    const reported = new Set<string>();
    return {
      observe: (fact) => {
        if (fact.kind !== 'committed') return;
        const healedAt = view.healedAt();
        if (healedAt === undefined) return;
        for (const row of fact.mirror.live.values()) {
          // A held row waits for people or for a slot: its clock stands still.
          if (row.deadlineAt === undefined || row.state === 'done' || row.state === 'held' || row.state === 'queued')
            continue;
          const due = Math.max(row.deadlineAt, healedAt) + 5 * SWEEP_MS;
          const key = `${fact.mirror.id}/${row.ordinal}/${row.attempt}`;
          if (view.now() <= due || reported.has(key)) continue;
          reported.add(key);
          report(
            `${shortName(fact.mirror)} cluster ${row.ordinal} is ${row.state} ${view.now() - row.deadlineAt} ms after its deadline`,
          );
        }
      },
    };
  },
};

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

/** L5: a stored command is consumed within two sweeps, once faults have stopped. */
export const L5: OracleSpec = {
  id: 'L5',
  about: 'commands take effect',
  create: (view, report) => ({
    atEnd: () => {
      for (const mirror of view.recorder.mirrors.values()) {
        if (hasEnded(mirror.header.status)) continue;
        const late = [...mirror.pending.values()].filter(
          ({ at }) => view.now() > Math.max(at, view.healedAt() ?? 0) + 3 * SWEEP_MS,
        );
        if (late.length > 0) report(`${shortName(mirror)} has not consumed ${late.map(({ kind }) => kind).join(', ')}`);
      }
    },
  }),
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
