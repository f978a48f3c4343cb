import type { LocalClock } from '../../clock.ts';
import { between, guid } from '../fleet/random.ts';
import type { Principal } from '../http/auth.ts';
import { idKey } from '../ids.ts';

/** How long the activity log keeps an event (Azure documentation, "Activity log in Azure Monitor": 90 days). */
export const KEPT_MS = 90 * 24 * 60 * 60_000;
/** How late an event can be queried, [shortest, longest]: "20 seconds to 3 minutes" (Azure documentation, "Log data ingestion time"). */
const LATE_MS = [20_000, 180_000] as const;
/** Events kept for one resource; the oldest go first. Ours: a simulated fleet lives for hours. */
const PER_RESOURCE_MAX = 2000;

export type ActivityStatus = 'Started' | 'Accepted' | 'Succeeded' | 'Failed';

/** One event of the log. A request makes two: its beginning and its end. Times are local milliseconds. */
export interface ActivityEvent {
  readonly id: string;
  readonly resourceId: string;
  /** Shared by the two events of one request. */
  readonly operationId: string;
  readonly caller: Principal;
  /** `Microsoft.KubernetesConfiguration/fluxConfigurations/write`. */
  readonly operation: string;
  readonly status: ActivityStatus;
  /** The HTTP status of the end. */
  readonly httpStatus: number | undefined;
  readonly atMs: number;
  /** When it can be queried. */
  readonly submittedMs: number;
}

/** What happened to one resource; the book adds ids and times. */
export type Happened = Omit<ActivityEvent, 'id' | 'atMs' | 'submittedMs'>;

/** The activity log of every subscription: who asked what of which resource. */
export class ActivityBook {
  readonly #clock: LocalClock;
  readonly #seed: number;
  readonly #events = new Map<string, ActivityEvent[]>();
  #count = 0;

  constructor(clock: LocalClock, seed: number) {
    this.#clock = clock;
    this.#seed = seed;
  }

  /** An id for the two events of one request. */
  nextOperationId(): string {
    return guid(this.#seed, `activity-operation/${this.#count++}`);
  }

  record(happened: Happened): void {
    const atMs = this.#clock.now();
    const key = idKey(happened.resourceId);
    const events = this.#events.get(key) ?? [];
    const id = guid(this.#seed, `activity/${this.#count++}`);
    events.push({ ...happened, id, atMs, submittedMs: atMs + between(this.#seed, id, ...LATE_MS) });
    while (events.length > PER_RESOURCE_MAX || (events[0]?.atMs ?? atMs) < atMs - KEPT_MS) events.shift();
    this.#events.set(key, events);
  }

  /** Events that can be queried by now and fit, newest first. */
  query(fits: (event: ActivityEvent) => boolean, resourceId?: string): ActivityEvent[] {
    const now = this.#clock.now();
    const looked = resourceId === undefined ? [...this.#events.values()].flat() : this.#events.get(idKey(resourceId));
    return (looked ?? [])
      .filter((event) => event.submittedMs <= now && event.atMs >= now - KEPT_MS && fits(event))
      .reverse()
      .sort((left, right) => right.atMs - left.atMs);
  }
}
