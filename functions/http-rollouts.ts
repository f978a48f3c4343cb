import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

functions.post('post-rollout', {
  route: 'rollouts',
  handler: http(({ app, route, rollouts }) => route(app, 'Operator', rollouts.postRollout)),
});
functions.get('get-rollouts', {
  route: 'rollouts',
  handler: http(({ app, route, rollouts }) => route(app, 'Reader', rollouts.getRollouts)),
});
functions.get('get-rollout', {
  route: 'rollouts/{id}',
  handler: http(({ app, route, rollouts }) => route(app, 'Reader', rollouts.getOneRollout)),
});
functions.get('get-rollout-clusters', {
  route: 'rollouts/{id}/clusters',
  handler: http(({ app, route, rollouts }) => route(app, 'Reader', rollouts.getRolloutClusters)),
});
functions.get('get-rollout-events', {
  route: 'rollouts/{id}/events',
  handler: http(({ app, route, rollouts }) => route(app, 'Reader', rollouts.getRolloutEvents)),
});
functions.post('post-command', {
  route: 'rollouts/{id}/{command}',
  handler: http(({ app, route, rollouts }) => route(app, rollouts.roleOfCommand, rollouts.postCommand)),
});
