import { app as functions } from '@azure/functions';
import { NOTIFICATIONS_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('deliver-notification', {
  connection: 'ServiceBus',
  queueName: NOTIFICATIONS_QUEUE,
  handler: queue(({ app, receive, messages, deliverNotification }) =>
    receive(app, NOTIFICATIONS_QUEUE, messages.NotificationMessage, ({ deps }, message) =>
      deliverNotification(deps, message),
    ),
  ),
});
functions.serviceBusQueue('show-dead-notification', {
  connection: 'ServiceBus',
  queueName: `${NOTIFICATIONS_QUEUE}/$deadletterqueue`,
  handler: queue(({ app, receiveDead, showDeadNotification }) =>
    receiveDead(app, NOTIFICATIONS_QUEUE, showDeadNotification),
  ),
});
