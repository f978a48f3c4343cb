import type { Snapshot } from '../../contracts/compliance.ts';
import { ACTIVITY_LOG_READS_PER_SWEEP } from '../../contracts/limits.ts';
import { ACTIVITY_LOG_WINDOW_SECONDS } from '../../contracts/timing.ts';
import { EXTENSION_SUBJECT } from '../../core/change/actions.ts';
import { isAuthorSought, withAuthors, withKnownAuthors, withoutAuthors } from '../../core/compliance/authors.ts';
import type { Sight } from '../../core/compliance/snapshot.ts';
import { EXTENSION_NAME } from '../../core/flux/extension-body.ts';
import { grantReads } from '../budgets.ts';
import type { Deps } from '../deps.ts';

const PROVIDER = 'Microsoft.KubernetesConfiguration';

/**
 * Finds out who is behind the drift of one subscription in one sweep, where the resources do not say it themselves: from a resource
 * that is gone nobody can be read. One read of the activity log for each resource that drifts newly, a limited number in all; what is
 * not found out is said, and never holds up the sweep.
 */
export class AuthorFinder {
  readonly #deps: Deps;
  readonly #now: number;
  #readsLeft = ACTIVITY_LOG_READS_PER_SWEEP;
  /** One refusal is enough: whoever lacks the permission lacks it for the whole subscription. */
  #isReadable = true;

  constructor(deps: Deps, now: number) {
    this.#deps = deps;
    this.#now = now;
  }

  /**
   * The sight with an author for each drift that somebody is behind.
   *
   * @param rolledOutAt when the last rollout was done here: what was written before was written by it.
   */
  async name(sight: Sight, before: Snapshot | undefined, rolledOutAt: number | undefined): Promise<Sight> {
    const known = withKnownAuthors(sight, before);
    if (!isAuthorSought(known, before, this.#now)) return known;
    if (!this.#isReadable) return withoutAuthors(known, 'LogUnreadable');
    if (!(await this.#mayRead(sight))) return withoutAuthors(known, 'NotReadYet');
    const since = Math.max(this.#now - ACTIVITY_LOG_WINDOW_SECONDS * 1000, rolledOutAt ?? 0);
    const found = await this.#deps.activityLog.read(resourceId(sight), Math.min(since, this.#now), this.#now);
    if (found.ok) return withAuthors(known, found.value);
    this.#isReadable = false;
    const { clusterId, subject } = sight;
    this.#deps.log.warn('activity log could not be read', { clusterId, subject, ...found.fault });
    return withoutAuthors(known, 'LogUnreadable');
  }

  async #mayRead(sight: Sight): Promise<boolean> {
    if (this.#readsLeft === 0) return false;
    this.#readsLeft -= 1;
    return (await grantReads(this.#deps, [sight], ({ clusterId }) => clusterId)).length > 0;
  }
}

/** What the log is asked for. An extension that is gone had the name that Azure itself and rollouts give it. */
function resourceId({ clusterId, subject }: Sight): string {
  const child = subject === EXTENSION_SUBJECT ? `extensions/${EXTENSION_NAME}` : `fluxConfigurations/${subject}`;
  return `${clusterId}/providers/${PROVIDER}/${child}`;
}
