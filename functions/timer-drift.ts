import { app as functions } from '@azure/functions';
import { reconcileBindings } from '../src/app/bindings/reconcile-bindings.ts';
import { app } from '../src/compose.ts';

functions.timer('reconcile-bindings', {
  schedule: '45 */5 * * * *',
  handler: () => reconcileBindings(app().deps),
});
