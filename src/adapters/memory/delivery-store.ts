import { Refusal } from '../../contracts/errors.ts';
import { isOutdated, type DeliveryRecord } from '../../contracts/webhook.ts';
import type { DeliveryStore } from '../../ports/delivery-store.ts';
import type { FrozenCopy } from './frozen-copy.ts';

/** Deliveries in memory. */
export class MemoryDeliveryStore implements DeliveryStore {
  readonly #copy: FrozenCopy;
  /** By hook and the provider's id. */
  readonly #claims = new Map<string, DeliveryRecord>();
  /** By our id. */
  readonly #list = new Map<string, DeliveryRecord>();

  constructor(copy: FrozenCopy) {
    this.#copy = copy;
  }

  async claim(record: DeliveryRecord & { deliveryId: string }): Promise<DeliveryRecord | 'claimed'> {
    const key = claimKey(record.hook, record.deliveryId);
    const known = this.#claims.get(key);
    if (known !== undefined) return known;
    this.#claims.set(key, this.#copy(record));
    return 'claimed';
  }

  async claimed(hook: string, deliveryId: string): Promise<DeliveryRecord | undefined> {
    return this.#claims.get(claimKey(hook, deliveryId));
  }

  async record(...records: readonly DeliveryRecord[]): Promise<void> {
    for (const record of records) {
      if (isOutdated(record, this.#list.get(record.id))) continue;
      const pushes = record.pushes.map(({ changedPaths: _left, ...push }) => push);
      this.#list.set(record.id, this.#copy({ ...record, pushes }));
    }
  }

  async read(id: string): Promise<DeliveryRecord | undefined> {
    return this.#list.get(id);
  }

  async list(
    query: Parameters<DeliveryStore['list']>[0],
  ): Promise<{ items: readonly DeliveryRecord[]; continuation?: string }> {
    const { outcome, hook, limit, continuation } = query;
    if (continuation !== undefined && !this.#list.has(continuation)) {
      throw new Refusal(400, 'InvalidContinuation', 'The continuation is none that a list answer gave.');
    }
    const found = [...this.#list.values()]
      .sort((one, other) => (one.id > other.id ? -1 : 1))
      .filter(({ id }) => continuation === undefined || id < continuation)
      .filter((record) => (outcome ?? record.outcome) === record.outcome && (hook ?? record.hook) === record.hook);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, ...(found.length > limit && last !== undefined && { continuation: last.id }) };
  }

  async dropBefore(at: number): Promise<boolean> {
    for (const { id, at: madeAt, hook, deliveryId } of this.#list.values()) {
      if (madeAt >= at) continue;
      this.#list.delete(id);
      if (deliveryId !== undefined) this.#claims.delete(claimKey(hook, deliveryId));
    }
    return false;
  }
}

function claimKey(hook: string, deliveryId: string): string {
  return `${hook}\n${deliveryId}`;
}
