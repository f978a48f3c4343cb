import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import { route } from '../src/http/route.ts';
import * as webhooks from '../src/http/webhooks.ts';

// Anonymous: providers cannot send a key, and the signature of each delivery says more than one would.
functions.http('receive-delivery', {
  route: 'webhooks/{provider}/{hook?}',
  methods: ['POST', 'GET'],
  authLevel: 'anonymous',
  handler: route(app, webhooks.postDelivery),
});
functions.get('get-deliveries', {
  route: 'webhooks/deliveries',
  authLevel: 'function',
  handler: route(app, webhooks.getDeliveries),
});
functions.get('get-delivery', {
  route: 'webhooks/deliveries/{id}',
  authLevel: 'function',
  handler: route(app, webhooks.getDelivery),
});
functions.post('post-redeliver', {
  route: 'webhooks/deliveries/{id}/redeliver',
  authLevel: 'function',
  handler: route(app, webhooks.postRedeliver),
});
functions.put('put-hook', { route: 'hooks/{name}', authLevel: 'function', handler: route(app, webhooks.putOneHook) });
functions.get('get-hooks', { route: 'hooks', authLevel: 'function', handler: route(app, webhooks.getHooks) });
functions.get('get-hook', { route: 'hooks/{name}', authLevel: 'function', handler: route(app, webhooks.getOneHook) });
functions.deleteRequest('delete-hook', {
  route: 'hooks/{name}',
  authLevel: 'function',
  handler: route(app, webhooks.deleteOneHook),
});
