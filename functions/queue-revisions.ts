import { app as functions } from '@azure/functions';
import { REVISIONS_QUEUE } from '../src/contracts/queues.ts';
import { later } from '../src/load.ts';

functions.serviceBusQueue('receive-revision', {
  connection: 'ServiceBus',
  queueName: REVISIONS_QUEUE,
  handler: later(({ app, receiveRevision, messages }, message) => {
    const { deps, gate } = app();
    return gate.inTurn(() => receiveRevision(deps, messages.RevisionMessage.parse(message)));
  }),
});
