import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import * as rollouts from '../src/http/rollouts.ts';
import { route } from '../src/http/route.ts';

functions.post('post-rollout', { route: 'rollouts', authLevel: 'function', handler: route(app, rollouts.postRollout) });
functions.get('get-rollouts', { route: 'rollouts', authLevel: 'function', handler: route(app, rollouts.getRollouts) });
functions.get('get-rollout', {
  route: 'rollouts/{id}',
  authLevel: 'function',
  handler: route(app, rollouts.getOneRollout),
});
functions.get('get-rollout-clusters', {
  route: 'rollouts/{id}/clusters',
  authLevel: 'function',
  handler: route(app, rollouts.getRolloutClusters),
});
functions.get('get-rollout-events', {
  route: 'rollouts/{id}/events',
  authLevel: 'function',
  handler: route(app, rollouts.getRolloutEvents),
});
functions.post('post-command', {
  route: 'rollouts/{id}/{command}',
  authLevel: 'function',
  handler: route(app, rollouts.postCommand),
});
