import { app as functions } from '@azure/functions';
import { timer } from '../src/load.ts';

functions.timer('reconcile-bindings', {
  schedule: '45 */5 * * * *',
  handler: timer(({ app, reconcileBindings }) => reconcileBindings(app().deps)),
});
