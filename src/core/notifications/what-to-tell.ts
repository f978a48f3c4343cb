import type { DeathReason } from '../../contracts/messages.ts';
import type { Sweep } from '../../contracts/compliance.ts';
import { DETAIL_LENGTH_MAX } from '../../contracts/limits.ts';
import type { Notification, NotificationType } from '../../contracts/notification.ts';
import type { BindingRecord } from '../../contracts/policy-binding.ts';
import { hasEnded, type Rollout, type RolloutStatus } from '../../contracts/rollout-state.ts';
import { TELL_AGAIN_SECONDS } from '../../contracts/timing.ts';

/** Statuses that people hear of, beside every end. */
const STATUS_TYPES: Readonly<Partial<Record<RolloutStatus, NotificationType>>> = {
  Halted: 'flotilla.rollout.halted',
  WaitingForApproval: 'flotilla.rollout.approval-requested',
};

/**
 * What is to be told about a rollout as it stands now. Level-triggered like all of these: whoever sees it in this state shortly after it
 * got there tells it again, and the broker drops what has the same id (laws 1 and 3).
 */
export function tellOfRollout(rollout: Rollout, now: number): Notification[] {
  const { id, name, status, statusSince, stopReason, endReason, waiting } = rollout;
  const type = hasEnded(status) ? 'flotilla.rollout.ended' : STATUS_TYPES[status];
  if (type === undefined || !isNew(statusSince, now)) return [];
  const reason = endReason ?? (status === 'Halted' ? stopReason : undefined) ?? waiting;
  const code = endReason === undefined ? (reason?.code ?? status) : status;
  const detail = `Rollout ${name}: ${status}. ${reason?.detail ?? ''}`;
  return [
    told({ id: `${id}.${status}.${statusSince}`, type, at: statusSince, subject: `rollouts/${id}`, code, detail }),
  ];
}

/** The brake that went on, and clusters that are only reported from now on because they were corrected too often. */
export function tellOfBinding({ id, name, brake, lastRun }: BindingRecord, now: number): Notification[] {
  const subject = `policies/${name}`;
  const found: Notification[] = [];
  if (brake !== undefined && isNew(brake.at, now)) {
    const { at, detail } = brake;
    found.push(told({ id: `${id}.brake.${at}`, type: 'flotilla.brake.on', at, subject, code: 'MassDrift', detail }));
  }
  const flapping = (lastRun?.held ?? []).filter(({ code, since }) => code === 'AntiFlap' && since === lastRun?.at);
  const [first] = flapping;
  if (lastRun === undefined || first === undefined || !isNew(lastRun.at, now)) return found;
  const names = flapping.map(({ clusterId }) => clusterId.split('/').at(-1) ?? clusterId).join(', ');
  const detail = `Held from now on: ${names}. ${first.detail}`;
  const { at } = lastRun;
  found.push(told({ id: `${id}.held.${at}`, type: 'flotilla.drift.held', at, subject, code: 'AntiFlap', detail }));
  return found;
}

/** A sweep that has not seen the whole fleet in the time that it has, which ended at `overAt`. */
export function tellOfSweep({ id, shards }: Sweep, missing: number, overAt: number): Notification[] {
  const detail = `${missing} of ${shards} shards are not done. Numbers and drift stay those of the sweep before.`;
  const subject = `compliance/sweeps/${id}`;
  return [
    told({
      id: `${id}.incomplete`,
      type: 'flotilla.sweep.incomplete',
      at: overAt,
      subject,
      code: 'Incomplete',
      detail,
    }),
  ];
}

/** A shard of a sweep that failed every time. */
export function tellOfDeadShard(sweepId: string, shard: number, death: DeathReason, at: number): Notification {
  const detail = `Shard ${shard} failed every time: ${death.reason}. ${death.description}`;
  const subject = `compliance/sweeps/${sweepId}`;
  const type = 'flotilla.sweep.incomplete';
  return told({ id: `${sweepId}.${shard}.dead`, type, at, subject, code: 'ShardDied', detail });
}

/** A message that failed every time, or was refused: `id` names the message. */
export function tellOfDeath(death: Omit<Notification, 'type'>): Notification {
  return told({ ...death, type: 'flotilla.message.dead' });
}

/** No longer ago than the broker remembers the id of the first telling. */
function isNew(since: number, now: number): boolean {
  return now < since + TELL_AGAIN_SECONDS * 1000;
}

function told(notification: Notification): Notification {
  return { ...notification, detail: notification.detail.trim().slice(0, DETAIL_LENGTH_MAX) };
}
