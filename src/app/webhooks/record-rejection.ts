import { Transient, type Refusal } from '../../contracts/errors.ts';
import { HookName } from '../../contracts/webhook.ts';
import type { Deps } from '../deps.ts';
import type { DeliveryGate } from './gate.ts';

/** What is known of a delivery so far. `provider` and `hook` are what the caller wrote. */
export interface SeenDelivery {
  readonly id: string;
  readonly at: number;
  readonly provider: string;
  readonly hook: string;
  /** Known once its signature was found good. */
  deliveryId?: string;
  bodyHash?: string;
}

/** Makes a refused delivery visible, unless there are too many of them. A store that does not answer changes no answer. */
export async function recordRejection(
  deps: Deps,
  gate: DeliveryGate,
  seen: SeenDelivery,
  { code, message }: Refusal,
): Promise<void> {
  const unrecordedBefore = gate.recordRejection(seen.at);
  if (unrecordedBefore === undefined) return;
  const record = {
    schema: 1,
    ...seen,
    provider: shown(seen.provider),
    hook: shown(seen.hook),
    outcome: 'Rejected',
    code,
    detail: message,
    pushes: [],
    reports: [],
    results: [],
    redeliveries: 0,
    unrecordedBefore,
  } as const;
  try {
    await deps.deliveries.record({ ...record, pushes: [], reports: [], results: [] });
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    deps.log.warn('rejected delivery not recorded', { code, hook: record.hook, reason: error.code });
  }
}

/** Anybody may write anything into the path. */
function shown(name: string): string {
  return HookName.safeParse(name).success ? name : '?';
}
