import { app as functions } from '@azure/functions';
import { SWEEPS_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('run-sweep-shard', {
  connection: 'ServiceBus',
  queueName: SWEEPS_QUEUE,
  handler: queue(({ app, receive, messages, runSweepShard }) =>
    receive(app, SWEEPS_QUEUE, messages.SweepMessage, ({ deps }, message) => runSweepShard(deps, message)),
  ),
});
