import { app as functions } from '@azure/functions';
import { OPERATIONS_QUEUE, REVISIONS_QUEUE, ROLLOUTS_QUEUE, SWEEPS_QUEUE } from '../src/contracts/queues.ts';
import { later } from '../src/load.ts';

functions.serviceBusQueue('account-dead-operation', {
  connection: 'ServiceBus',
  queueName: `${OPERATIONS_QUEUE}/$deadletterqueue`,
  handler: later(({ app, accountDeadOperation, readMetadata }, body, context) =>
    accountDeadOperation(app().deps, body, readMetadata(context).death),
  ),
});
functions.serviceBusQueue('show-dead-wakeup', {
  connection: 'ServiceBus',
  queueName: `${ROLLOUTS_QUEUE}/$deadletterqueue`,
  handler: later(({ app, showDeadWakeup, readMetadata }, body, context) =>
    showDeadWakeup(app().deps, body, readMetadata(context).death),
  ),
});
functions.serviceBusQueue('show-dead-shard', {
  connection: 'ServiceBus',
  queueName: `${SWEEPS_QUEUE}/$deadletterqueue`,
  handler: later(({ app, showDeadShard, readMetadata }, body, context) =>
    showDeadShard(app().deps, body, readMetadata(context).death),
  ),
});
functions.serviceBusQueue('show-dead-revision', {
  connection: 'ServiceBus',
  queueName: `${REVISIONS_QUEUE}/$deadletterqueue`,
  handler: later(({ app, showDeadRevision, readMetadata }, body, context) =>
    showDeadRevision(app().deps, body, readMetadata(context).death),
  ),
});
