import type { HeldLease, LiveRow } from '../contracts/cluster-rows.ts';
import { ARM_REQUEST_SECONDS, CLOCK_SKEW_SECONDS } from '../contracts/timing.ts';
import type { Deps } from './deps.ts';

/** A lease outlives the cluster's deadline by this much, so that a late verdict still finds it held. */
const AFTER_DEADLINE_SECONDS = 600;

export type LeaseAnswer =
  | { readonly kind: 'held'; readonly lease: HeldLease }
  /** An older rollout is at work on this (cluster, subject). */
  | { readonly kind: 'blocked'; readonly holder: string; readonly until: number }
  /** A newer rollout holds or held it: this one has nothing to say any more (law 8). */
  | { readonly kind: 'newer'; readonly holder: string }
  /** Somebody changed it at the same moment. */
  | { readonly kind: 'contended' };

/** Takes the lease on (cluster, subject) for a rollout. Ids of rollouts sort by age. */
export async function acquireLease(
  deps: Deps,
  rolloutId: string,
  clusterId: string,
  subject: string,
  deadlineAt: number,
): Promise<LeaseAnswer> {
  const stored = await deps.leases.read(clusterId, subject);
  const now = deps.clock.now();
  const lease = stored?.value;
  if (lease !== undefined && lease.newestHolder > rolloutId) return { kind: 'newer', holder: lease.newestHolder };
  if (lease?.holder !== undefined && lease.holder !== rolloutId && now < lease.expiresAt) {
    return { kind: 'blocked', holder: lease.holder, until: lease.expiresAt };
  }
  const epoch = lease?.holder === rolloutId ? lease.epoch : (lease?.epoch ?? 0) + 1;
  const expiresAt = Math.max(now, deadlineAt) + AFTER_DEADLINE_SECONDS * 1000;
  const taken = {
    clusterId,
    subject,
    epoch,
    holder: rolloutId,
    newestHolder: rolloutId,
    acquiredAt: now,
    expiresAt,
  };
  const answer = await deps.leases.write(taken, stored?.version);
  if (!answer.written) return { kind: 'contended' };
  return { kind: 'held', lease: { subject, epoch, acquiredAt: now, expiresAt, version: answer.version } };
}

/** No request may be sent so late that it could still be under way when the lease can be taken over (R6). */
export function mayStillWrite(expiresAt: number, now: number): boolean {
  return now < expiresAt - (ARM_REQUEST_SECONDS + CLOCK_SKEW_SECONDS) * 1000;
}

/** Gives back the leases of clusters whose action is over. Those that somebody else holds by now are left alone. */
export async function releaseLeases(
  deps: Deps,
  rolloutId: string,
  rows: readonly Pick<LiveRow, 'target' | 'lease'>[],
): Promise<void> {
  const leases = rows.flatMap(({ target, lease }) => {
    if (lease === undefined) return [];
    const { subject, epoch, acquiredAt, expiresAt, version } = lease;
    const { clusterId } = target;
    const value = {
      clusterId,
      subject,
      epoch,
      holder: undefined,
      newestHolder: rolloutId,
      acquiredAt,
      expiresAt,
    };
    return [{ value, version }];
  });
  if (leases.length > 0) await deps.leases.writeAll(leases);
}
