import { app as functions } from '@azure/functions';
import { OPERATIONS_QUEUE } from '../src/contracts/queues.ts';
import { later } from '../src/load.ts';

functions.serviceBusQueue('run-operation', {
  connection: 'ServiceBus',
  queueName: OPERATIONS_QUEUE,
  handler: later(({ app, runOperation, messages }, message) =>
    runOperation(app().deps, messages.OperationMessage.parse(message)),
  ),
});
