import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Event, Rollout } from './api.ts';
import type { Screen } from './screen.ts';
import { nameOf } from './summary.ts';

const LOOK_EVERY_MS = 400;
/** Events that a person wants to see with their reason while they happen. */
const TOLD: ReadonlySet<string> = new Set([
  'ClusterFailed',
  'ClusterDeferred',
  'ClusterRegressed',
  'SoakRestarted',
  'BudgetBreached',
  'RolloutHalted',
  'StageStarted',
  'SoakStarted',
  'StageCompleted',
]);

/** Follows a rollout on the screen to its end, or until it is halted and only a person can move it on. */
export async function watch(api: Api, started: Rollout, screen: Screen): Promise<Rollout> {
  let after = 0;
  const startedAt = Date.parse(started.createdAt);
  for (;;) {
    // The rollout first: every event of what it shows is then there to be read.
    const rollout = await api.rollout(started.id);
    const events = await api.events(started.id, after);
    after = events.next;
    for (const event of events.items) if (TOLD.has(event.type)) screen.tell(tellEvent(event, startedAt));
    screen.show(rollout);
    if (rollout.endedAt !== undefined || rollout.status === 'Halted') {
      screen.end();
      return rollout;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function tellEvent({ at, type, stage, clusterId, code, detail }: Event, startedAt: number): string {
  const subject = clusterId === undefined ? (stage ?? '') : nameOf(clusterId);
  const reason = [code, detail].filter((part) => part !== undefined && part !== '').join(': ');
  return `+${elapsed(Date.parse(at) - startedAt)} ${type} ${subject}${reason === '' ? '' : ` (${reason})`}`;
}

/** Minutes and seconds of local time, such as `07:30`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
