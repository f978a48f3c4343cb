import type { Notification } from '../../contracts/notification.ts';
import type { Notifier, NotifyResult } from '../../ports/notifier.ts';

/** A receiver that keeps what it is told, as often as it is told. */
export class MemoryNotifier implements Notifier {
  readonly told: Notification[] = [];
  /** While set, every try fails with it. */
  fault: Extract<NotifyResult, { ok: false }> | undefined;

  async notify(notification: Notification): Promise<NotifyResult> {
    if (this.fault !== undefined) return this.fault;
    this.told.push(notification);
    return { ok: true };
  }
}
