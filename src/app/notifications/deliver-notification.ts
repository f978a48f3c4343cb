import { NotificationMessage, type DeathReason } from '../../contracts/messages.ts';
import { NOTIFY_RETRY_SECONDS } from '../../contracts/timing.ts';
import type { Deps } from '../deps.ts';
import { notificationMessage } from './tell.ts';

/**
 * Tells the receiver; what it does not take is queued again for later, since a broker delivers ten times within a second.
 *
 * @throws Error when the last try has failed: the message goes to the dead-letter queue.
 */
export async function deliverNotification(deps: Deps, { notification, tries }: NotificationMessage): Promise<void> {
  const { notifier, log, bus, clock } = deps;
  // Somebody has taken the receiver away meanwhile.
  if (notifier === undefined) return;
  const result = await notifier.notify(notification);
  const { id, type } = notification;
  if (result.ok) return log.info('notification delivered', { id, type, tries });
  const { code, detail } = result;
  const pauseSeconds = NOTIFY_RETRY_SECONDS[tries];
  if (pauseSeconds === undefined) throw new Error(`Notification ${id} was not taken in ${tries + 1} tries: ${detail}`);
  log.warn('notification is tried again', { id, type, tries, pauseSeconds, code, detail });
  await bus.sendNotifications([notificationMessage(notification, tries + 1, clock.now() + pauseSeconds * 1000)]);
}

/** A notification that nobody took: the log is what is left to tell it to. */
export async function showDeadNotification({ log }: Deps, body: unknown, death: DeathReason): Promise<void> {
  const { id, type, subject, code, detail } = NotificationMessage.safeParse(body).data?.notification ?? {};
  log.error('notification died', { id, type, subject, code, detail, ...death });
}
