import { app as functions } from '@azure/functions';
import { later } from '../src/load.ts';

functions.timer('refresh-inventory', {
  schedule: '30 */4 * * * *',
  handler: later(async ({ app, refreshInventory }) => {
    await refreshInventory(app().deps);
  }),
});
