import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as rollouts from '../src/http/rollouts.ts';
import { route } from '../src/http/route.ts';

functions.post('post-rollout', { route: 'rollouts', handler: route(app, 'Operator', rollouts.postRollout) });
functions.get('get-rollouts', { route: 'rollouts', handler: route(app, 'Reader', rollouts.getRollouts) });
functions.get('get-rollout', { route: 'rollouts/{id}', handler: route(app, 'Reader', rollouts.getOneRollout) });
functions.get('get-rollout-clusters', {
  route: 'rollouts/{id}/clusters',
  handler: route(app, 'Reader', rollouts.getRolloutClusters),
});
functions.get('get-rollout-events', {
  route: 'rollouts/{id}/events',
  handler: route(app, 'Reader', rollouts.getRolloutEvents),
});
functions.post('post-command', {
  route: 'rollouts/{id}/{command}',
  handler: route(app, rollouts.roleOfCommand, rollouts.postCommand),
});
