import { app as functions } from '@azure/functions';
import { runOperation } from '../src/app/run-operation.ts';
import { app } from '../src/compose.ts';
import { OperationMessage } from '../src/contracts/messages.ts';
import { OPERATIONS_QUEUE } from '../src/contracts/queues.ts';

functions.serviceBusQueue('run-operation', {
  connection: 'ServiceBus',
  queueName: OPERATIONS_QUEUE,
  handler: (message) => runOperation(app().deps, OperationMessage.parse(message)),
});
