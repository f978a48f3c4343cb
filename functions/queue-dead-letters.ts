import { app as functions } from '@azure/functions';
import { showDeadShard } from '../src/app/compliance/show-dead-shard.ts';
import { accountDeadOperation, showDeadWakeup } from '../src/app/dead-letters.ts';
import { showDeadStatus } from '../src/app/definitions/report-status.ts';
import { showDeadRevision } from '../src/app/definitions/show-dead-revision.ts';
import { app } from '../src/compose.ts';
import {
  OPERATIONS_QUEUE,
  REVISIONS_QUEUE,
  ROLLOUTS_QUEUE,
  STATUSES_QUEUE,
  SWEEPS_QUEUE,
} from '../src/contracts/queues.ts';
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
functions.serviceBusQueue('show-dead-shard', {
  connection: 'ServiceBus',
  queueName: `${SWEEPS_QUEUE}/$deadletterqueue`,
  handler: (body, context) => showDeadShard(app().deps, body, readMetadata(context).death),
});
functions.serviceBusQueue('show-dead-revision', {
  connection: 'ServiceBus',
  queueName: `${REVISIONS_QUEUE}/$deadletterqueue`,
  handler: (body, context) => showDeadRevision(app().deps, body, readMetadata(context).death),
});
functions.serviceBusQueue('show-dead-status', {
  connection: 'ServiceBus',
  queueName: `${STATUSES_QUEUE}/$deadletterqueue`,
  handler: (body, context) => showDeadStatus(app().deps, body, readMetadata(context).death),
});
