import { app as functions } from '@azure/functions';
import { app } from '../src/compose.ts';
import { openRoute, route } from '../src/http/route.ts';
import * as webhooks from '../src/http/webhooks.ts';

// Anonymous: providers cannot send a key, and the signature of each delivery says more than one would.
functions.http('receive-delivery', {
  route: 'webhooks/{provider}/{hook?}',
  methods: ['POST', 'GET'],
  handler: openRoute(app, webhooks.postDelivery),
});
functions.get('get-deliveries', {
  route: 'webhooks/deliveries',
  handler: route(app, 'Reader', webhooks.getDeliveries),
});
functions.get('get-delivery', {
  route: 'webhooks/deliveries/{id}',
  handler: route(app, 'Reader', webhooks.getDelivery),
});
functions.post('post-redeliver', {
  route: 'webhooks/deliveries/{id}/redeliver',
  handler: route(app, 'Operator', webhooks.postRedeliver),
});
functions.put('put-hook', { route: 'hooks/{name}', handler: route(app, 'Admin', webhooks.putOneHook) });
functions.get('get-hooks', { route: 'hooks', handler: route(app, 'Reader', webhooks.getHooks) });
functions.get('get-hook', { route: 'hooks/{name}', handler: route(app, 'Reader', webhooks.getOneHook) });
functions.deleteRequest('delete-hook', { route: 'hooks/{name}', handler: route(app, 'Admin', webhooks.deleteOneHook) });
