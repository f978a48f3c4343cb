import { app as functions } from '@azure/functions';
import { timer } from '../src/load.ts';

functions.timer('refresh-inventory', {
  schedule: '30 */4 * * * *',
  handler: timer(async ({ app, refreshInventory }) => {
    await refreshInventory(app().deps);
  }),
});
