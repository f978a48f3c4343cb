import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

functions.get('get-health', {
  route: 'health',
  handler: http(({ app, openRoute, health }) => openRoute(app, health.getHealth)),
});
functions.get('get-health-details', {
  route: 'health/details',
  handler: http(({ app, route, health }) => route(app, 'Reader', health.getHealthDetails)),
});
