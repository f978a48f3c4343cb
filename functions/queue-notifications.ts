import { app as functions } from '@azure/functions';
import { NOTIFICATIONS_QUEUE } from '../src/contracts/queues.ts';
import { later } from '../src/load.ts';

functions.serviceBusQueue('deliver-notification', {
  connection: 'ServiceBus',
  queueName: NOTIFICATIONS_QUEUE,
  handler: later(({ app, deliverNotification, messages }, message) =>
    deliverNotification(app().deps, messages.NotificationMessage.parse(message)),
  ),
});
functions.serviceBusQueue('show-dead-notification', {
  connection: 'ServiceBus',
  queueName: `${NOTIFICATIONS_QUEUE}/$deadletterqueue`,
  handler: later(({ app, showDeadNotification, readMetadata }, body, context) =>
    showDeadNotification(app().deps, body, readMetadata(context).death),
  ),
});
