import { app as functions } from '@azure/functions';
import { OPERATIONS_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('run-operation', {
  connection: 'ServiceBus',
  queueName: OPERATIONS_QUEUE,
  handler: queue(({ app, receive, messages, runOperation }) =>
    receive(app, OPERATIONS_QUEUE, messages.OperationMessage, ({ deps }, message) => runOperation(deps, message)),
  ),
});
