import { app as functions } from '@azure/functions';
import { deliverNotification, showDeadNotification } from '../src/app/notifications/deliver-notification.ts';
import { app } from '../src/compose.ts';
import { NotificationMessage } from '../src/contracts/messages.ts';
import { NOTIFICATIONS_QUEUE } from '../src/contracts/queues.ts';
import { readMetadata } from '../src/http/trigger-metadata.ts';

functions.serviceBusQueue('deliver-notification', {
  connection: 'ServiceBus',
  queueName: NOTIFICATIONS_QUEUE,
  handler: (message) => deliverNotification(app().deps, NotificationMessage.parse(message)),
});
functions.serviceBusQueue('show-dead-notification', {
  connection: 'ServiceBus',
  queueName: `${NOTIFICATIONS_QUEUE}/$deadletterqueue`,
  handler: (body, context) => showDeadNotification(app().deps, body, readMetadata(context).death),
});
