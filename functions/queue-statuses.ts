import { app as functions } from '@azure/functions';
import { STATUSES_QUEUE } from '../src/contracts/queues.ts';
import { later } from '../src/load.ts';

functions.serviceBusQueue('report-status', {
  connection: 'ServiceBus',
  queueName: STATUSES_QUEUE,
  handler: later(({ app, reportStatus, messages }, message) =>
    reportStatus(app().deps, messages.CommitStatusMessage.parse(message)),
  ),
});
functions.serviceBusQueue('show-dead-status', {
  connection: 'ServiceBus',
  queueName: `${STATUSES_QUEUE}/$deadletterqueue`,
  handler: later(({ app, showDeadStatus, readMetadata }, body, context) =>
    showDeadStatus(app().deps, body, readMetadata(context).death),
  ),
});
