import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

functions.get('get-health', {
  route: 'health',
  handler: http(({ app, openRoute, health }) => openRoute(app, health.getHealth)),
});
