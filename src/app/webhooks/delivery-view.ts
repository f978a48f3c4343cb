import type { Push } from '../../contracts/push.ts';
import { DeliveryOutcome, type DeliveryRecord } from '../../contracts/webhook.ts';
import type { Deps } from '../deps.ts';
import { readChoice, readLimit, readText, type Page } from '../read/page.ts';
import { isoTime } from '../read/rollout-view.ts';

/** A delivery as the API shows it: times in ISO 8601. */
export function deliveryView(record: DeliveryRecord) {
  const { id, at, provider, hook, deliveryId, outcome, code, detail, pushes, reports, processedAt, results } = record;
  return {
    id,
    at: isoTime(at),
    provider,
    hook,
    deliveryId,
    outcome,
    code,
    detail,
    pushes: pushes.map(pushView),
    reports,
    /** Absent while it waits in the queue. */
    processedAt: processedAt === undefined ? undefined : isoTime(processedAt),
    results,
    redeliveries: record.redeliveries,
    ...(record.unrecordedBefore > 0 && { rejectedBeforeWithoutRecord: record.unrecordedBefore }),
  };
}
export type DeliveryView = ReturnType<typeof deliveryView>;

function pushView({ source, repository, ref, before, after, at, forced, by }: Push) {
  return { source, repository, ref, before, after, at: at === undefined ? undefined : isoTime(at), forced, by };
}

/** `GET /api/webhooks/deliveries`: newest first. Throws `Refusal` 400. */
export async function listDeliveries(
  { deliveries }: Deps,
  query: { readonly [K in 'outcome' | 'hook' | 'limit' | 'continuation']?: string },
): Promise<Page<DeliveryView>> {
  const outcome = readChoice('outcome', query.outcome, DeliveryOutcome.options);
  const hook = readText('hook', query.hook);
  const { items, continuation } = await deliveries.list({
    limit: readLimit(query.limit),
    ...(outcome !== undefined && { outcome }),
    ...(hook !== undefined && { hook }),
    ...(query.continuation !== undefined && { continuation: query.continuation }),
  });
  return { items: items.map(deliveryView), ...(continuation !== undefined && { continuation }) };
}
