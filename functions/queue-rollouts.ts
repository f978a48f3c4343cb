import { app as functions } from '@azure/functions';
import { ROLLOUTS_QUEUE } from '../src/contracts/queues.ts';
import { later } from '../src/load.ts';

functions.serviceBusQueue('advance-rollout', {
  connection: 'ServiceBus',
  queueName: ROLLOUTS_QUEUE,
  handler: later(({ app, advanceRollout, messages }, message) =>
    advanceRollout(app().deps, messages.WakeMessage.parse(message).rolloutId),
  ),
});
