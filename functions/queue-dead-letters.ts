import { app as functions } from '@azure/functions';
import { accountDeadOperation, showDeadWakeup } from '../src/app/dead-letters.ts';
import { app } from '../src/compose.ts';
import { OPERATIONS_QUEUE, ROLLOUTS_QUEUE } from '../src/contracts/queues.ts';
import { readMetadata } from '../src/http/trigger-metadata.ts';

functions.serviceBusQueue('account-dead-operation', {
  connection: 'ServiceBus',
  queueName: `${OPERATIONS_QUEUE}/$deadletterqueue`,
  handler: (body, context) => accountDeadOperation(app().deps, body, readMetadata(context).death),
});
functions.serviceBusQueue('show-dead-wakeup', {
  connection: 'ServiceBus',
  queueName: `${ROLLOUTS_QUEUE}/$deadletterqueue`,
  handler: (body, context) => showDeadWakeup(app().deps, body, readMetadata(context).death),
});
