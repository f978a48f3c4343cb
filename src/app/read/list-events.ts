import { labelOf } from '../../contracts/actor.ts';
import type { Deps } from '../deps.ts';
import { unknownRollout } from '../give-command.ts';
import { readLimit, readNumberContinuation, type Page } from './page.ts';
import { isoTime } from './rollout-view.ts';

/** `GET /api/rollouts/{id}/events`: the audit trail, oldest first. A page holds whole commits, so that the chain of hashes can be checked. */
export async function listEvents(
  { store }: Deps,
  rolloutId: string,
  query: { readonly limit?: string; readonly continuation?: string },
): Promise<Page<object>> {
  if ((await store.header(rolloutId)) === undefined) throw unknownRollout(rolloutId);
  const limit = readLimit(query.limit);
  const rows = await store.events(rolloutId, readNumberContinuation(query.continuation), limit);
  const items = rows.flatMap(({ sequence, hash, previousHash, events }) =>
    events.map(({ at, actor, ...event }) => ({
      sequence,
      at: isoTime(at),
      by: labelOf(actor),
      ...(actor.label !== undefined && { byId: actor.name }),
      ...event,
      hash,
      previousHash,
    })),
  );
  const last = rows[rows.length - 1];
  return { items, ...(rows.length === limit && last && { continuation: String(last.sequence) }) };
}
