import { app as functions } from '@azure/functions';
import { advanceRollout } from '../src/app/advance-rollout.ts';
import { app } from '../src/compose.ts';
import { WakeMessage } from '../src/contracts/messages.ts';
import { ROLLOUTS_QUEUE } from '../src/contracts/queues.ts';

functions.serviceBusQueue('advance-rollout', {
  connection: 'ServiceBus',
  queueName: ROLLOUTS_QUEUE,
  handler: (message) => advanceRollout(app().deps, WakeMessage.parse(message).rolloutId),
});
