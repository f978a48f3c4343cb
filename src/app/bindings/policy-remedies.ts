import { Transient } from '../../contracts/errors.ts';
import { claimedSubject } from '../../core/compliance/policy-drift.ts';
import type { Remedy } from '../../core/bindings/situation.ts';
import { policyClaims, type PolicyBook } from '../../core/policy/claims.ts';
import type { Deps } from '../deps.ts';
import { readPolicyBook } from '../policy/read-policy-book.ts';
import type { Drifting } from './drifting.ts';
import type { RemedyFinder } from './rollout-remedies.ts';

/** Remedies of drift from an assignment in one subscription: a task that lets Policy deploy. */
export async function policyRemedies(deps: Deps, subscription: string, assignmentId: string): Promise<RemedyFinder> {
  const book = await readPolicyBook(deps, subscription);
  if (book === undefined) {
    throw new Transient('PolicyUnreadable', `The policy of subscription ${subscription} cannot be read just now.`);
  }
  const now = deps.clock.now();
  return async ({ cluster, subjects }) =>
    subjects.map(({ subject }) => remedyOf(book, cluster, subject, assignmentId, now));
}

function remedyOf(
  book: PolicyBook,
  cluster: Drifting['cluster'],
  subject: string,
  assignmentId: string,
  now: number,
): Remedy {
  const claim = policyClaims(book, cluster, now).find(
    (one) => one.assignment.id.toLowerCase() === assignmentId.toLowerCase() && claimedSubject(one) === subject,
  );
  if (claim === undefined) {
    return { kind: 'none', code: 'PolicyDoesNotAct', detail: 'The assignment does not reach this cluster any more.' };
  }
  const { desired, referenceId } = claim;
  if (desired.kind === 'unreadable' || desired.effect !== 'DeployIfNotExists') {
    const detail = 'The effect of the assignment is not DeployIfNotExists, so that it deploys nothing.';
    return { kind: 'none', code: 'PolicyDoesNotAct', detail };
  }
  const { subscriptionId } = cluster;
  return { kind: 'policy', subscriptionId, ...(referenceId !== undefined && { referenceId }) };
}
