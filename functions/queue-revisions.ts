import { app as functions } from '@azure/functions';
import { REVISIONS_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('receive-revision', {
  connection: 'ServiceBus',
  queueName: REVISIONS_QUEUE,
  handler: queue(({ app, receive, messages }) =>
    receive(app, REVISIONS_QUEUE, messages.RevisionMessage, ({ revisions }, message) => revisions.receive(message)),
  ),
});
