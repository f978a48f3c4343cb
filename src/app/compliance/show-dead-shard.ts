import { DETAIL_LENGTH_MAX } from '../../contracts/limits.ts';
import { SweepMessage, type DeathReason } from '../../contracts/messages.ts';
import { tellOfDeadShard } from '../../core/notifications/what-to-tell.ts';
import type { Deps } from '../deps.ts';
import { tell } from '../notifications/tell.ts';

/** A shard that failed every time: the sweep shows it as incomplete, with the reason. It is sent again while the sweep is young. */
export async function showDeadShard(deps: Deps, body: unknown, death: DeathReason): Promise<void> {
  const parsed = SweepMessage.safeParse(body);
  const found = parsed.success ? await deps.compliance.sweep(parsed.data.sweepId) : undefined;
  const row = found?.shards.find(({ shard }) => shard === parsed.data?.shard);
  deps.log.error('shard of a sweep died', { sweepId: row?.sweepId, shard: row?.shard, ...death });
  if (row === undefined || row.doneAt !== undefined) return;
  await tell(deps, [tellOfDeadShard(row.sweepId, row.shard, death, deps.clock.now())]);
  const detail = `${death.reason}. ${death.description}`.slice(0, DETAIL_LENGTH_MAX);
  await deps.compliance.finishShard({ ...row, failure: { at: deps.clock.now(), detail } });
}
