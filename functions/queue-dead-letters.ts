import { app as functions } from '@azure/functions';
import { OPERATIONS_QUEUE, REVISIONS_QUEUE, ROLLOUTS_QUEUE, SWEEPS_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('account-dead-operation', {
  connection: 'ServiceBus',
  queueName: `${OPERATIONS_QUEUE}/$deadletterqueue`,
  handler: queue(({ app, receiveDead, accountDeadOperation }) =>
    receiveDead(app, OPERATIONS_QUEUE, accountDeadOperation),
  ),
});
functions.serviceBusQueue('show-dead-wakeup', {
  connection: 'ServiceBus',
  queueName: `${ROLLOUTS_QUEUE}/$deadletterqueue`,
  handler: queue(({ app, receiveDead, showDeadWakeup }) => receiveDead(app, ROLLOUTS_QUEUE, showDeadWakeup)),
});
functions.serviceBusQueue('show-dead-shard', {
  connection: 'ServiceBus',
  queueName: `${SWEEPS_QUEUE}/$deadletterqueue`,
  handler: queue(({ app, receiveDead, showDeadShard }) => receiveDead(app, SWEEPS_QUEUE, showDeadShard)),
});
functions.serviceBusQueue('show-dead-revision', {
  connection: 'ServiceBus',
  queueName: `${REVISIONS_QUEUE}/$deadletterqueue`,
  handler: queue(({ app, receiveDead, showDeadRevision }) => receiveDead(app, REVISIONS_QUEUE, showDeadRevision)),
});
