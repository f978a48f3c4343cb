import { app as functions } from '@azure/functions';
import { STATUSES_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('report-status', {
  connection: 'ServiceBus',
  queueName: STATUSES_QUEUE,
  handler: queue(({ app, receive, messages, reportStatus }) =>
    receive(app, STATUSES_QUEUE, messages.CommitStatusMessage, ({ deps }, message) => reportStatus(deps, message)),
  ),
});
functions.serviceBusQueue('show-dead-status', {
  connection: 'ServiceBus',
  queueName: `${STATUSES_QUEUE}/$deadletterqueue`,
  handler: queue(({ app, receiveDead, showDeadStatus }) => receiveDead(app, STATUSES_QUEUE, showDeadStatus)),
});
