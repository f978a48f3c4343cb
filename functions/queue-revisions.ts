import { app as functions } from '@azure/functions';
import { receiveRevision } from '../src/app/definitions/receive-revision.ts';
import { app } from '../src/compose.ts';
import { RevisionMessage } from '../src/contracts/messages.ts';
import { REVISIONS_QUEUE } from '../src/contracts/queues.ts';

functions.serviceBusQueue('receive-revision', {
  connection: 'ServiceBus',
  queueName: REVISIONS_QUEUE,
  handler: (message) => {
    const { deps, gate } = app();
    return gate.inTurn(() => receiveRevision(deps, RevisionMessage.parse(message)));
  },
});
