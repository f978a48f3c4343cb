import { app as functions } from '@azure/functions';
import { http } from '../src/load.ts';

functions.get('get-metrics', {
  route: 'metrics',
  handler: http(({ app, route, metrics }) => route(app, 'Reader', metrics.getMetrics)),
});
