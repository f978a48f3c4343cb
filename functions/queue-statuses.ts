import { app as functions } from '@azure/functions';
import { reportStatus } from '../src/app/definitions/report-status.ts';
import { app } from '../src/compose.ts';
import { CommitStatusMessage } from '../src/contracts/messages.ts';
import { STATUSES_QUEUE } from '../src/contracts/queues.ts';

functions.serviceBusQueue('report-status', {
  connection: 'ServiceBus',
  queueName: STATUSES_QUEUE,
  handler: (message) => reportStatus(app().deps, CommitStatusMessage.parse(message)),
});
