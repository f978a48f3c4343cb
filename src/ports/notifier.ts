import type { Notification } from '../contracts/notification.ts';

/** What came of one try. Neither code nor detail names the receiver's address, which may be a secret, or quotes its answer. */
export type NotifyResult =
  { readonly ok: true } | { readonly ok: false; readonly code: string; readonly detail: string };

/** Whoever is to hear of what happens. One try for each call; who calls tries again. A repeat has the same id. */
export interface Notifier {
  notify(notification: Notification): Promise<NotifyResult>;
}
