import type { EventRow, RolloutEvent } from '../contracts/event.ts';
import type { Digest } from '../ports/digest.ts';

/** Where an audit trail stands: the last row's number and hash. */
export interface TrailEnd {
  readonly sequence: number;
  readonly hash: string;
}

export const TRAIL_START: TrailEnd = { sequence: 0, hash: '' };

/** Seals the events of one commit onto the trail: each row's hash covers its content and the hash before it. */
export function sealEvents(digest: Digest, end: TrailEnd, events: readonly RolloutEvent[], at: number): EventRow {
  const body = { schema: 1 as const, sequence: end.sequence + 1, at, events: [...events], previousHash: end.hash };
  return { ...body, hash: hashOf(digest, body) };
}

function hashOf(digest: Digest, body: Omit<EventRow, 'hash'>): string {
  const events = body.events.map(({ type, at, actor, stage, clusterId, code, detail }) => [
    type,
    at,
    actor.kind,
    actor.label === undefined ? actor.name : [actor.name, actor.label],
    stage ?? null,
    clusterId ?? null,
    code ?? null,
    detail ?? null,
  ]);
  return digest.sha256(JSON.stringify([body.sequence, body.at, events, body.previousHash]));
}

/** Checks a trail from its start; answers the sequence of the first row that does not fit, or undefined. */
export function findTampering(digest: Digest, rows: readonly EventRow[]): number | undefined {
  let end = TRAIL_START;
  for (const row of rows) {
    const fits = row.sequence === end.sequence + 1 && row.previousHash === end.hash && row.hash === hashOf(digest, row);
    if (!fits) return row.sequence;
    end = { sequence: row.sequence, hash: row.hash };
  }
  return undefined;
}
