import { app as functions } from '@azure/functions';
import { SWEEPS_QUEUE } from '../src/contracts/queues.ts';
import { later } from '../src/load.ts';

functions.serviceBusQueue('run-sweep-shard', {
  connection: 'ServiceBus',
  queueName: SWEEPS_QUEUE,
  handler: later(({ app, runSweepShard, messages }, message) =>
    runSweepShard(app().deps, messages.SweepMessage.parse(message)),
  ),
});
