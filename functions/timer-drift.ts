import { app as functions } from '@azure/functions';
import { later } from '../src/load.ts';

functions.timer('reconcile-bindings', {
  schedule: '45 */5 * * * *',
  handler: later(({ app, reconcileBindings }) => reconcileBindings(app().deps)),
});
