import { Transient } from '../../contracts/errors.ts';
import type { NotificationMessage } from '../../contracts/messages.ts';
import type { Notification } from '../../contracts/notification.ts';
import type { Outgoing } from '../../ports/bus.ts';
import type { Deps } from '../deps.ts';

/**
 * Queues what people should hear of; nothing where nobody is to hear of it. The id of the message is that of what happened, so that a
 * repeat is dropped (law 3). It holds up nothing: when the bus does not take it, whoever sees the same again soon tells it again.
 */
export async function tell({ notifier, bus, log, clock }: Deps, notifications: readonly Notification[]): Promise<void> {
  if (notifier === undefined || notifications.length === 0) return;
  try {
    await bus.sendNotifications(notifications.map((one) => notificationMessage(one, 0, clock.now())));
  } catch (error) {
    if (!(error instanceof Transient)) throw error;
    log.warn('notification was not queued', { ids: notifications.map(({ id }) => id), code: error.code });
  }
}

/** The message of one try; a later one is another message. */
export function notificationMessage(
  notification: Notification,
  tries: number,
  at: number,
): Outgoing<NotificationMessage> {
  const id = tries === 0 ? notification.id : `${notification.id}.try-${tries}`;
  return { id, at, message: { schema: 1, notification, tries } };
}
