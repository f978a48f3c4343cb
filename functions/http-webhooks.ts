import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

// Anonymous: providers cannot send a key, and the signature of each delivery says more than one would.
functions.http('receive-delivery', {
  route: 'webhooks/{provider}/{hook?}',
  methods: ['POST', 'GET'],
  handler: http(({ app, openRoute, webhooks }) => openRoute(app, webhooks.postDelivery)),
});
functions.get('get-deliveries', {
  route: 'webhooks/deliveries',
  handler: http(({ app, route, webhooks }) => route(app, 'Reader', webhooks.getDeliveries)),
});
functions.get('get-delivery', {
  route: 'webhooks/deliveries/{id}',
  handler: http(({ app, route, webhooks }) => route(app, 'Reader', webhooks.getDelivery)),
});
functions.post('post-redeliver', {
  route: 'webhooks/deliveries/{id}/redeliver',
  handler: http(({ app, route, webhooks }) => route(app, 'Operator', webhooks.postRedeliver)),
});
functions.put('put-hook', {
  route: 'hooks/{name}',
  handler: http(({ app, route, webhooks }) => route(app, 'Admin', webhooks.putOneHook)),
});
functions.get('get-hooks', {
  route: 'hooks',
  handler: http(({ app, route, webhooks }) => route(app, 'Reader', webhooks.getHooks)),
});
functions.get('get-hook', {
  route: 'hooks/{name}',
  handler: http(({ app, route, webhooks }) => route(app, 'Reader', webhooks.getOneHook)),
});
functions.deleteRequest('delete-hook', {
  route: 'hooks/{name}',
  handler: http(({ app, route, webhooks }) => route(app, 'Admin', webhooks.deleteOneHook)),
});
