import { DETAIL_LENGTH_MAX } from '../../contracts/limits.ts';
import { RevisionMessage, type DeathReason, type DeliveryMessage } from '../../contracts/messages.ts';
import type { Deps } from '../deps.ts';
import { changeDefinition } from './change-definition.ts';

/** How long a definition that fails every time is left alone before the timer wakes it again. */
export const FAULT_RETRY_MS = 300_000;

/**
 * A message of `revisions` that failed every time: the definition says so, and is looked at again later, since the cause may be gone by
 * then; a delivery says so, and can be sent in again.
 */
export async function showDeadRevision(deps: Deps, body: unknown, death: DeathReason): Promise<void> {
  const parsed = RevisionMessage.safeParse(body);
  const { claimed: _shown, ...about } = parsed.success ? { claimed: undefined, ...parsed.data } : {};
  deps.log.error('message about a revision died', { ...about, ...death });
  if (!parsed.success) return;
  const message = parsed.data;
  const detail = `This failed every time: ${death.reason}. ${death.description}`.slice(0, DETAIL_LENGTH_MAX);
  switch (message.kind) {
    case 'delivery':
      return showDeadDelivery(deps, message, detail);
    case 'definition': {
      const fault = { at: deps.clock.now(), detail };
      await changeDefinition(deps, message.name, (record) => ({ record: { ...record, fault }, decisions: [] }));
    }
  }
}

async function showDeadDelivery(
  { deliveries }: Deps,
  { hook, deliveryId, redelivery }: DeliveryMessage,
  detail: string,
): Promise<void> {
  const claimed = await deliveries.claimed(hook, deliveryId);
  if (claimed === undefined) return;
  const results = [{ definition: '*', code: 'ProcessingFailed', detail }];
  await deliveries.record({ ...claimed, redeliveries: redelivery, results });
}
