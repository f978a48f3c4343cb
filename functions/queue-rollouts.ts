import { app as functions } from '@azure/functions';
import { ROLLOUTS_QUEUE } from '../src/contracts/queues.ts';
import { queue } from '../src/load.ts';

functions.serviceBusQueue('advance-rollout', {
  connection: 'ServiceBus',
  queueName: ROLLOUTS_QUEUE,
  handler: queue(({ app, receive, messages, advanceRollout }) =>
    receive(app, ROLLOUTS_QUEUE, messages.WakeMessage, ({ deps }, { rolloutId }) => advanceRollout(deps, rolloutId)),
  ),
});
