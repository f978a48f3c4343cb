import pLimit from 'p-limit';
import type { LiveRow } from '../../contracts/cluster-rows.ts';
import type { Action } from '../../core/change/actions.ts';
import { isOverdue, type Looks } from '../../core/rollout/looks.ts';
import { sighted, type Sighting } from '../../core/rollout/sightings.ts';
import { grantReads } from '../budgets.ts';
import type { Deps } from '../deps.ts';
import { rowsWorthReading } from './hints.ts';
import { readAction } from './read-action.ts';
import type { Reading } from './reading.ts';
import { judgeUnreachable } from './unreachable.ts';

/** GETs of one look at once. Ours: keeps one handler from hogging the connection pool. */
const READS_AT_ONCE = 16;
/** GETs of one look in all: the rest comes with the next look. */
const READS_MAX = 150;
/** How long after its deadline a cluster that cannot be read is given up. */
const UNREAD_GRACE_MS = 300_000;

/** Looks at the clusters that await evidence: pages of Resource Graph as hints, a GET for each verdict (law 6). */
export async function pollAwaiting(deps: Deps, actions: readonly Action[], looks: Looks): Promise<Sighting[]> {
  const hinted = looks.byGraph ? await findHinted(deps, actions, looks.awaiting) : [];
  const worth = [...new Set([...hinted, ...looks.mustRead])].slice(0, READS_MAX);
  const rows = await grantReads(deps, worth, ({ target }) => target.clusterId);
  const limit = pLimit(READS_AT_ONCE);
  const seen = await Promise.all(rows.map((row) => limit(() => look(deps, actions, row))));
  return judgeUnreachable(
    deps,
    looks.awaiting,
    seen.flatMap((sighting) => sighting ?? []),
  );
}

async function findHinted(deps: Deps, actions: readonly Action[], rows: readonly LiveRow[]): Promise<LiveRow[]> {
  const found: LiveRow[] = [];
  for (const [index, group] of Map.groupBy(rows, ({ action }) => action)) {
    const action = actions[index];
    if (action !== undefined) found.push(...(await rowsWorthReading(deps, action, group)));
  }
  return found;
}

async function look(deps: Deps, actions: readonly Action[], row: LiveRow): Promise<Sighting | undefined> {
  const action = actions[row.action];
  if (action === undefined) throw new RangeError(`the change has no action ${row.action}`);
  const { wrote, writtenAt = row.since, unmistakable = false, removing = false, provisionedAt } = row;
  const { clusterId, values } = row.target;
  const provisioned = provisionedAt === undefined ? {} : { provisionedAt };
  const attempt = { wrote, writtenAt, unmistakable, removing, values, ...provisioned };
  const reading = await readAction(deps, action, clusterId, attempt);
  const now = deps.clock.now();
  if (reading.state === 'unread' && row.deadlineAt !== undefined && now >= row.deadlineAt + UNREAD_GRACE_MS) {
    return { ...sighted(row), kind: 'outcome', outcome: timedOut('CouldNotBeRead', reading.detail, now) };
  }
  return sightingOf(row, reading, now);
}

/** Turns a reading into what the engine is told. An overdue cluster is judged; one that could not be read is not. */
function sightingOf(row: LiveRow, reading: Reading, at: number): Sighting | undefined {
  const of = sighted(row);
  switch (reading.state) {
    case 'good': {
      const { code, detail, evidence } = reading;
      const verdict = row.wrote ? 'Succeeded' : 'Unchanged';
      return {
        ...of,
        kind: 'outcome',
        outcome: { verdict, code, detail, at, ...(evidence && { evidence }) },
      };
    }
    case 'bad': {
      const { code, detail, evidence } = reading;
      return { ...of, kind: 'outcome', outcome: { verdict: 'Failed', code, detail, at, evidence } };
    }
    case 'gone': {
      const { code, detail } = reading;
      const verdict = code === 'ClusterNotFound' ? 'Skipped' : 'Failed';
      return { ...of, kind: 'outcome', outcome: { verdict, code, detail, at } };
    }
    case 'again':
      return { ...of, kind: 'again' };
    case 'undecided':
      if (!isOverdue(row, at)) return { ...of, kind: 'looked', provisioned: reading.code !== 'Provisioning' };
      return { ...of, kind: 'outcome', outcome: timedOut(reading.code, reading.detail, at) };
    case 'unread':
      return undefined;
  }
}

/** Evidence did not come before the deadline; the code says what was missing. */
function timedOut(code: string, detail: string, at: number): Extract<Sighting, { kind: 'outcome' }>['outcome'] {
  return { verdict: 'TimedOut', code, detail: `No evidence before the deadline. Last seen: ${detail}`, at };
}
