import { app as functions } from '@azure/functions';
import { runSweepShard } from '../src/app/compliance/run-sweep-shard.ts';
import { app } from '../src/compose.ts';
import { SweepMessage } from '../src/contracts/messages.ts';
import { SWEEPS_QUEUE } from '../src/contracts/queues.ts';

functions.serviceBusQueue('run-sweep-shard', {
  connection: 'ServiceBus',
  queueName: SWEEPS_QUEUE,
  handler: (message) => runSweepShard(app().deps, SweepMessage.parse(message)),
});
